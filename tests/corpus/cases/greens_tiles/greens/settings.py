from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Settings:
    folder: Path
    catalog: str = "https://stac.example/v1"
    crs: str = "EPSG:32633"
    empty: int = -999
    least: float = 0.4
