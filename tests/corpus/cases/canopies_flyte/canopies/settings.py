from dataclasses import dataclass, field
from pathlib import Path


@dataclass
class Settings:
    root: Path = Path("data")
    out: Path = Path("out")
    rounds: int = 4
    batch: int = 8
    rate: float = 1e-4
    seed: int = 3
    patience: int = 5
    wandb: bool = False
    regions: list = field(default_factory=lambda: ["train"])
