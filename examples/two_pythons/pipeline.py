"""An old model beside a new one: one step stays on the Python and the library it was made for, the others move on.

``judge_old`` is held to scikit-learn 1.2, for which no wheel is made after Python 3.11. Its group is resolved apart, so
nothing else is held back by it.
"""

from __future__ import annotations

import sys

import sklearn
from sklearn.datasets import load_wine
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import cross_val_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

import ops0


@ops0.step
@ops0.image(python="3.13")
def load() -> dict[str, list]:
    """178 wines of three growers, each with 13 measured properties: real data, which scikit-learn brings."""
    wines = load_wine()
    return {"rows": wines.data.tolist(), "growers": wines.target.tolist()}


@ops0.step
@ops0.image(python="3.11", group="legacy")
@ops0.requires("scikit-learn==1.2.*", "numpy<2")
def judge_old(wines: dict[str, list]) -> dict[str, object]:
    """How well the growers are told apart, by the library that is in use."""
    return judged(wines)


@ops0.step
@ops0.image(python="3.13")
def judge_new(wines: dict[str, list]) -> dict[str, object]:
    """The same, by the newest one."""
    return judged(wines)


@ops0.step
def compare(old: dict[str, object], new: dict[str, object]) -> dict[str, object]:
    """Both, and whether it is safe to move on."""
    return {"old": old, "new": new, "same": old["accuracy"] == new["accuracy"]}


def judged(wines: dict[str, list]) -> dict[str, object]:
    """The mean of five accuracies, each on a fifth that was not learned from, and what computed it."""
    model = make_pipeline(StandardScaler(), LogisticRegression(max_iter=1000))
    accuracies = cross_val_score(model, wines["rows"], wines["growers"], cv=5)
    return {
        "python": ".".join(map(str, sys.version_info[:2])),
        "scikit-learn": sklearn.__version__,
        "accuracy": round(float(accuracies.mean()), 4),
    }


@ops0.pipeline
def two_pythons():
    """Load once, judge twice."""
    wines = load()
    return compare(judge_old(wines), judge_new(wines))
