from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import yaml


@dataclass(frozen=True)
class Settings:
    fred_key: str = ""
    tries: int = 3


@lru_cache(maxsize=1)
def settings() -> Settings:
    path = Path("settings.yaml")
    return Settings(**yaml.safe_load(path.read_text())) if path.exists() else Settings()
