"""The scores as words."""

from __future__ import annotations

import calendar
from typing import Any


def report(scores: dict[str, Any], month: int) -> dict[str, Any]:
    """``{"month", "flights", "late", "auc": {model: …}, "brier": {model: …}, "best": model, "summary": text}``."""
    models = scores["models"]
    best = max(models, key=lambda name: models[name]["auc"])
    return {
        "month": calendar.month_name[month],
        "flights": scores["flights"],
        "late": scores["late"],
        "auc": {name: model["auc"] for name, model in models.items()},
        "brier": {name: model["brier"] for name, model in models.items()},
        "best": best,
        "summary": summary(scores, calendar.month_name[month], best),
    }


def summary(scores: dict[str, Any], month: str, best: str) -> str:
    """Two sentences for people."""
    auc = scores["models"][best]["auc"]
    guess = scores["models"]["baseline"]["auc"]
    return (
        f"Of {scores['flights']:,} flights in {month}, {scores['late']:.0%} came late. "
        f"The best model ({best}) ranks a late flight above a punctual one {auc:.0%} of the time; "
        f"the hour of the day alone does so {guess:.0%} of the time."
    )
