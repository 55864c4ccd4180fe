import os

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pingouin as pg
import seaborn as sns
import statsmodels.formula.api as smf
from patsy.contrasts import Diff
from scipy.interpolate import CubicSpline

DATA = "../data"


def resampled(moves):
    t = moves["t"]
    xs, ys = CubicSpline(t, moves["x"]), CubicSpline(t, moves["y"])
    times = np.linspace(t.min(), t.max(), 100)
    out = pd.DataFrame({"t": times, "x": xs(times), "y": ys(times)})
    out["subject"] = moves["subject"].unique()[0]
    return out


def speeds(moves):
    t = moves["t"].to_numpy()
    x = moves["x"].to_numpy()
    y = moves["y"].to_numpy()
    x = x - x[0]
    y = y - y[0]
    moves["v"] = np.sqrt(np.gradient(x, t) ** 2 + np.gradient(y, t) ** 2)
    return moves


def read_one(subject):
    trials = pd.read_csv(os.path.join(DATA, f"sub_{subject}.csv"))
    moves = pd.read_csv(os.path.join(DATA, f"sub_{subject}_move.csv"))
    moves = moves[moves["state"].isin(["moving"])]
    joined = pd.merge(moves, trials, how="outer", on=["subject", "trial"])
    return joined.groupby(["subject", "trial"], group_keys=False).apply(speeds)


def outliers(part):
    part["outlier"] = False
    part.loc[np.abs(part["angle"]) > 70, "outlier"] = True
    return part


def with_previous(part):
    part["before"] = part["width"].shift(1)
    part["change"] = np.diff(part["angle"].to_numpy(), prepend=0)
    return part


def all_of(subjects):
    rows = pd.concat([read_one(one) for one in subjects])
    rows = rows.groupby("subject").apply(outliers).reset_index(drop=True)
    rows = rows[~rows["outlier"]]
    return rows.groupby("subject", group_keys=False).apply(with_previous)


def modelled(rows):
    return smf.ols("angle ~ C(before, Diff) * change + np.log(trial)", data=rows).fit()


def predicted(model, rows):
    rows = rows.copy()
    rows["guess"] = model.predict(rows)
    return rows


def strongest(model):
    chances = model.pvalues.drop("Intercept")
    return chances.idxmin(), float(chances.min())


def compared(rows):
    table = pg.rm_anova(data=rows, dv="angle", within="width", subject="subject")
    return table.round(3)


def pairs_of(rows):
    return pg.pairwise_tests(data=rows, dv="angle", within="width", subject="subject", padjust="holm")


def best_pair(pairs):
    return pairs.sort_values("p-corr").iloc[0]


def drawn(rows, path):
    figure, axes = plt.subplots(1, 2, squeeze=False)
    sns.scatterplot(data=rows, x="trial", y="angle", hue="before", ax=axes[0, 0])
    sns.lineplot(data=rows, x="trial", y="guess", ax=axes[0, 1])
    figure.savefig(path)
    plt.close(figure)


def named(subjects):
    return ", ".join(f"subject {one}" for one in subjects)


def main():
    rows = all_of(range(13, 40))
    model = modelled(rows)
    print(strongest(model), model.summary())
    rows = predicted(model, rows)
    drawn(rows, "moves.png")
    print(compared(rows), best_pair(pairs_of(rows)), named(rows["subject"].unique().tolist()))


if __name__ == "__main__":
    main()
