from datetime import date

import pandas as pd
from rapidfuzz import fuzz, process
from splink import DuckDBAPI, Linker, SettingsCreator
from splink import comparison_library as compared


def _day_of(df: pd.DataFrame):
    if "loaded" not in df.columns or df["loaded"].isna().all():
        return date.today()
    return pd.to_datetime(df["loaded"]).max().date()


def load_records(raw: pd.DataFrame, env="dev"):
    raw = raw.head(1000) if env == "dev" else raw.copy()
    day = _day_of(raw)

    def chosen(columns):
        return raw.loc[:, columns].copy()

    def exploded(column):
        return chosen(["id", column]).explode(column, ignore_index=True).assign(loaded=day)

    return chosen(["id", "title"]).assign(loaded=day), exploded("creators"), exploded("types")


def nearest(title, titles):
    found = process.extractOne(title, titles, scorer=fuzz.token_sort_ratio, score_cutoff=90)
    return found[0] if found else None


def linked(left, right):
    settings = SettingsCreator(link_type="link_only", comparisons=[compared.JaroWinklerAtThresholds("title")])
    linker = Linker([left, right], settings, db_api=DuckDBAPI())
    return linker.inference.predict(threshold_match_probability=0.9).as_pandas_dataframe()


def share(found, total):
    return round(100 * found / total, 1) if total else 0.0
