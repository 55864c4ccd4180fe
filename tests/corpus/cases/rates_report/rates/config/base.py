from __future__ import annotations

import os
from dataclasses import dataclass, field
from pathlib import Path

from dotenv import load_dotenv

load_dotenv()


@dataclass(frozen=True)
class Settings:
    zone: str = "America/Santiago"
    out: Path = Path("reports")
    key: str = field(default_factory=lambda: os.environ.get("FRED_KEY", ""))
    to: tuple[str, ...] = ()

    def file(self, name: str) -> Path:
        self.out.mkdir(parents=True, exist_ok=True)
        return self.out / name


def settings_from_env(env=os.environ) -> Settings:
    return Settings(zone=env.get("ZONE", "UTC"), to=tuple(env.get("TO", "").split()))
