from __future__ import annotations

from datetime import datetime
from typing import Dict, List, Optional

import pandas as pd
from pydantic import BaseModel, ConfigDict


class Point(BaseModel):
    day: datetime
    mean: float
    low: float
    high: float


class Forecast(BaseModel):
    model_config = ConfigDict(arbitrary_types_allowed=True)
    points: List[Point]
    residues: Optional[pd.Series] = None
    weights: Dict[str, float] = {}

    def last(self) -> Point:
        return self.points[-1]

    @property
    def widest(self) -> float:
        return max(point.high - point.low for point in self.points)
