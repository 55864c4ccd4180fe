from __future__ import annotations

from statsforecast.utils import ConformalIntervals

LEVELS = (80, 95)


def intervals(h: int, windows: int) -> ConformalIntervals:
    return ConformalIntervals(h=h, n_windows=windows)
