"""Pictures of the scores."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import matplotlib as mpl

mpl.use("Agg")

from matplotlib import pyplot as plt


def roc(scores: dict[str, Any], path: Path) -> Path:
    """Write the ROC curves of all models into a PNG file and give its path back."""
    figure, axes = plt.subplots(figsize=(6, 6), layout="constrained")
    axes.plot([0, 1], [0, 1], color="0.7", linestyle=":", label="a coin")
    for name, score in scores["models"].items():
        axes.plot(*zip(*score["roc"], strict=True), label=f"{name}: AUC {score['auc']:.3f}")
    axes.set(
        xlabel="share of punctual flights called late",
        ylabel="share of late flights found",
        title=f"{scores['flights']:,} flights, {scores['late']:.0%} of them late",
    )
    axes.legend(loc="lower right")
    figure.savefig(path, dpi=120)
    plt.close(figure)
    return path
