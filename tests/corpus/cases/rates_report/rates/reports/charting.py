from __future__ import annotations

import base64
from pathlib import Path
from typing import Dict

import matplotlib
import matplotlib.dates as mdates
import matplotlib.pyplot as plt
import seaborn as sns

from ..config.base import Settings
from ..data.loader import Bundle
from ..data.models import Forecast

matplotlib.use("Agg")
sns.set_theme(style="whitegrid")


class Charts:
    def __init__(self, settings: Settings) -> None:
        self.settings = settings

    def all(self, bundle: Bundle, forecast: Forecast) -> Dict[str, Path]:
        return {"fan": self.fan(bundle, forecast), "macro": self.macro(bundle)}

    def fan(self, bundle: Bundle, forecast: Forecast) -> Path:
        fig, ax = plt.subplots(figsize=(9, 4))
        recent = bundle.spot.tail(60)
        ax.plot(recent.index, recent.values)
        days = [point.day for point in forecast.points]
        ax.fill_between(days, [point.low for point in forecast.points], [point.high for point in forecast.points], alpha=0.3)
        ax.xaxis.set_major_formatter(mdates.DateFormatter("%d-%b"))
        return self._kept(fig, "fan.png")

    def macro(self, bundle: Bundle) -> Path:
        grid = sns.heatmap(bundle.joined().corr(), annot=True)
        return self._kept(grid.figure, "macro.png")

    def _kept(self, fig, name: str) -> Path:
        path = self.settings.file(name)
        fig.savefig(path, dpi=150)
        plt.close(fig)
        return path

    @staticmethod
    def as_text(path: Path) -> str:
        return base64.b64encode(path.read_bytes()).decode()
