from typing import List

import pandas as pd
from pandas.tseries.offsets import BaseOffset

NAMES = {"d": "D", "days": "D", "week": "W", "month": "MS", "quarter": "QS", "D": "D", "W": "W", "MS": "MS", "QS": "QS"}
OFFSETS = {"D": {"days": 1}, "W": {"weeks": 1}, "MS": {"months": 1}, "QS": {"months": 3}}


def is_quarterly(frequency: str) -> bool:
    return NAMES[frequency] == "QS"


def horizon_for(frame: pd.DataFrame, horizon: int, unit: str) -> int:
    step = pd.DateOffset(**OFFSETS[unit])
    first, last = frame["ds"].min(), frame["ds"].max()
    while horizon > 1 and last - horizon * step < first:
        horizon -= 1
    return horizon


def cutoffs(frame: pd.DataFrame, horizon: int, unit: str, folds: int) -> List[pd.Timestamp]:
    step: BaseOffset = pd.DateOffset(**OFFSETS[unit]) * horizon
    found = [frame["ds"].max() - step]
    for _ in range(folds - 1):
        found.append(found[-1] - step)
    return [one for one in found if one > frame["ds"].min()][::-1]
