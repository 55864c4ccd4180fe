"""Cleans payments on a cluster: who paid, and notes whose letters were broken."""

import os
import re

import dask.dataframe as dd
import pandas as pd
from dask.distributed import Client

SCHEDULER = "tcp://scheduler:8786"
SOURCE = "/data/raw/payments_*.csv"
TARGET = "/data/done/payments.parquet"
PAYER = re.compile(r"(?:PAY-|pay_|RAW#)?(\d{5})")


def repaired(value):
    if pd.isna(value):
        return pd.NA
    text = str(value).strip()
    if text == "":
        return pd.NA
    if any(mark in text for mark in ("Ã", "Â")):
        try:
            return text.encode("latin-1").decode("utf-8")
        except UnicodeError:
            return text
    return text


def cleaned(part):
    part = part.copy()
    numbers = part["payer_raw"].fillna("").astype("string").str.extract(PAYER, expand=False)
    known = numbers.notna()
    part["payer"] = ("PAY-" + numbers.fillna("00000")).astype("string")
    part.loc[~known, "payer"] = "PAY-00000-ODD"
    part["is_odd"] = (part["payer"] == "PAY-00000-ODD").astype("bool")
    part["note"] = part["note_raw"].map(repaired).astype("string")
    part["amount"] = pd.to_numeric(part["amount"], errors="coerce").astype("float64")
    return part


def shape():
    return pd.DataFrame(
        {
            "payer_raw": pd.Series(dtype="string"),
            "note_raw": pd.Series(dtype="string"),
            "amount": pd.Series(dtype="float64"),
            "payer": pd.Series(dtype="string"),
            "is_odd": pd.Series(dtype="bool"),
            "note": pd.Series(dtype="string"),
        }
    )


def main():
    client = Client(SCHEDULER)
    client.wait_for_workers(n_workers=2, timeout=45)
    print(list(client.scheduler_info()["workers"]))
    frame = dd.read_csv(SOURCE, blocksize=None, dtype={"payer_raw": "string", "note_raw": "string"})
    done = frame.map_partitions(cleaned, meta=shape())
    os.makedirs(os.path.dirname(TARGET), exist_ok=True)
    done.to_parquet(TARGET, engine="pyarrow", write_index=False, overwrite=True)

    again = dd.read_parquet(TARGET, engine="pyarrow")
    rows = again.shape[0].compute()
    odd = again["is_odd"].sum().compute()
    print(f"{rows:,} rows, {odd:,} odd")
    if rows == 0:
        client.close()
        raise ValueError("nothing was written")
    print(again[["payer", "note"]].head(5, npartitions=-1).to_string(index=False))
    client.close()


if __name__ == "__main__":
    main()
