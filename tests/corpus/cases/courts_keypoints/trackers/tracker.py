import json
from abc import ABC, abstractmethod
from pathlib import Path
from typing import Iterable, Optional, Type

import numpy as np
import supervision as sv
import torch
from tqdm import tqdm


class NoFrames(Exception):
    pass


class NoSample(Exception):
    pass


class Thing(ABC):
    @classmethod
    @abstractmethod
    def from_json(cls, x): ...

    @abstractmethod
    def plain(self): ...

    @abstractmethod
    def draw(self, frame: np.ndarray) -> np.ndarray: ...


class Tracker(ABC):
    DEVICE = "cuda" if torch.cuda.is_available() else "cpu"

    def __init__(self, load: Optional[Path] = None, save: Optional[Path] = None):
        self.load, self.save = load, save
        self.found: list[Thing] = []

    @abstractmethod
    def thing(self) -> Type[Thing]: ...

    @abstractmethod
    def sample(self, frames: Iterable[np.ndarray]) -> list[Thing]: ...

    def of_video(self, info: sv.VideoInfo) -> "Tracker":
        return self

    def kept(self) -> None:
        if self.save:
            Path(self.save).write_text(json.dumps([one.plain() for one in tqdm(self.found)]))
