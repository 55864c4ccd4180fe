import numpy as np


def runs(profits, cash, number):
    random = np.random.default_rng(7)
    drawn = random.choice(profits, size=(number, len(profits)))
    return cash + drawn.cumsum(axis=1)


def judged(result, drawn):
    worst = np.percentile(drawn.min(axis=1), 5)
    share = float((drawn[:, -1] > result["cash"]).mean())
    return {"worst": float(worst), "share": share, "verdict": "robust" if share > 0.9 else "luck"}


def mean_of(values):
    return sum(values) / len(values) if values else None
