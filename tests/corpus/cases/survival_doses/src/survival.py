from pathlib import Path
from typing import Optional, Sequence, Tuple

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from lifelines import CoxPHFitter, KaplanMeierFitter
from lifelines.statistics import logrank_test

from src.config import FIGURES, SEED

STYLE = {"font.size": 11, "figure.dpi": 150}
NAMED: Tuple[str, ...] = ("dose", "mean", "age", "sex")


def prepared(frame: pd.DataFrame) -> pd.DataFrame:
    rows = frame.copy()
    rows["weeks"] = rows["survival"].astype(float)
    rows["seen"] = 1
    rows["male"] = (rows["sex"] == "M").astype(int)
    return rows


def by_dose(frame: pd.DataFrame, edge: float = 50.0, path: Optional[Path] = None) -> Tuple[pd.DataFrame, plt.Figure]:
    rows = prepared(frame)
    high = rows["dose"] >= edge
    curve = KaplanMeierFitter()
    with plt.rc_context(STYLE):
        figure, axes = plt.subplots(figsize=(7, 4.5))
        for part, label in ((high, "high"), (~high, "low")):
            curve.fit(rows.loc[part, "weeks"], event_observed=rows.loc[part, "seen"], label=label)
            curve.plot_survival_function(ax=axes)
        if path is not None:
            figure.savefig(path)
    test = logrank_test(rows.loc[high, "weeks"], rows.loc[~high, "weeks"])
    table = pd.DataFrame([{"chi2": float(test.test_statistic), "p": float(test.p_value)}])
    return table, figure


def fitted(frame: pd.DataFrame, named: Sequence[str] = NAMED):
    rows = prepared(frame)
    columns = ["male" if one == "sex" else one for one in named]
    model = CoxPHFitter()
    model.fit(rows[["weeks", "seen", *columns]].dropna(), duration_col="weeks", event_col="seen")
    return model


def table_of(model):
    table = model.summary.reset_index().rename(columns={"covariate": "term"})
    table["ratio"] = np.exp(table["coef"])
    table["low"] = np.exp(table["coef lower 95%"])
    table["high"] = np.exp(table["coef upper 95%"])
    table["concordance"] = float(model.concordance_index_)
    return table


def forest(table, path=None):
    ratios = table["ratio"].to_numpy()
    places = np.arange(len(table))
    with plt.rc_context(STYLE):
        figure, axes = plt.subplots(figsize=(7, 0.8 * len(table) + 1.5))
        axes.errorbar(ratios, places, xerr=[ratios - table["low"].to_numpy(), table["high"].to_numpy() - ratios])
        axes.set_yticklabels(table["term"].tolist())
        if path is not None:
            figure.savefig(path)
    return figure


def words(table, number):
    lines = [f"{row.term}: {row.ratio:.2f}" for row in table.itertuples()]
    return "\n".join([f"n = {number}", *lines])


def run(frame: pd.DataFrame):
    doses, _ = by_dose(frame, path=FIGURES / "curves.png")
    table = table_of(fitted(frame))
    forest(table, path=FIGURES / "forest.png")
    return doses, table


def main() -> None:
    from src.config import PROCESSED

    frame = pd.read_csv(PROCESSED / "cohort.csv")
    doses, table = run(frame)
    print(words(table, len(frame)), doses.to_string(index=False), SEED)


if __name__ == "__main__":
    main()
