import gffutils
import numpy as np
import pandas as pd
from Bio import SeqIO, SeqRecord
from Bio.SeqUtils import gc_fraction

from flow.folders import *
from flow.presets import preset_parameter


def headers(path):
    return [record.id for record in SeqIO.parse(path, "fasta")]


def with_features(df):
    records = df.to_dict(orient="records")
    for record in records:
        record["names"] = np.nan
        if record["features"] != "NONE":
            db = gffutils.create_db(str(record["features"]), ":memory:", merge_strategy="create_unique")
            kinds = preset_parameter(record["preset"], "features")
            record["names"] = tuple(feature.id for kind in kinds for feature in db.features_of_type(kind))
    return pd.DataFrame.from_records(records)


def outputs(samples):
    found = []
    for row in samples.to_dict(orient="records"):
        if not isinstance(row["names"], float):
            found.extend(f"{results}{row['virus']}/{name}.faa" for name in row["names"])
    return sorted(set(found))


def read_fasta(path: str) -> list[SeqRecord.SeqRecord]:
    return list(SeqIO.parse(path, "fasta"))


def segments(df: pd.DataFrame) -> pd.DataFrame:
    for index, row in df.iterrows():
        if not row["segmented"]:
            df.at[index, "segment"] = {"None"}
            continue
        groups = {one.description.split(" ")[1] for one in read_fasta(row["reference"])}
        if len(groups) < 2:
            df.drop(index, inplace=True)
            continue
        df.at[index, "segment"] = [groups]
    df["segment"] = df["segment"].apply(lambda x: x.pop() if isinstance(x, list) else x)
    return df


def richness(path):
    return {one.id: gc_fraction(one.seq) for one in read_fasta(path)}


def planned(sheet):
    df = segments(pd.read_excel(sheet))
    return outputs(with_features(df))
