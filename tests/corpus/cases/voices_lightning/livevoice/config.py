from dataclasses import dataclass, field
from typing import Optional

from omegaconf import OmegaConf


@dataclass
class Config:
    name: str = "base"
    out: str = "runs"
    folder: str = "speech"
    rate: int = 24000
    batch: int = 16
    epochs: int = 100
    step: float = 1e-4
    layers: list = field(default_factory=lambda: [256, 256])
    features: Optional[str] = None


def from_file(path):
    return Config(**OmegaConf.to_container(OmegaConf.load(path)))
