import json
from pathlib import Path

import pandas as pd

NAMES = {"NAME": "name", "price": "rent", "service fee": "fee"}


def read_lets(file: str) -> pd.DataFrame:
    return pd.read_csv(file, low_memory=False)


def _money(column: pd.Series) -> pd.Series:
    return pd.to_numeric(column.astype(str).str.replace(r"[$,]", "", regex=True), errors="coerce")


def cleaned(rows: pd.DataFrame) -> tuple[pd.DataFrame, dict]:
    before = len(rows)
    rows = rows.rename(columns=NAMES).drop_duplicates()
    for name in ("rent", "fee"):
        if name in rows.columns:
            rows[name] = _money(rows[name])
    rows = rows.dropna(subset=["rent"])
    return rows, {"before": before, "after": len(rows), "dropped": before - len(rows)}


def write_clean(rows: pd.DataFrame, folder: str) -> str:
    out = Path(folder)
    out.mkdir(parents=True, exist_ok=True)
    file = out / "clean.csv"
    rows.to_csv(file, index=False)
    return str(file)


def write_report(figures: dict, folder: str, kind: str) -> str:
    out = Path(folder) / f"report.{kind}"
    if kind == "json":
        out.write_text(json.dumps(figures))
    else:
        out.write_text("\n".join(f"{name}: {value}" for name, value in figures.items()))
    return str(out)
