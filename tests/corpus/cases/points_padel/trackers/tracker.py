import json
from abc import ABC, abstractmethod
from pathlib import Path
from typing import Optional

import numpy as np
import supervision as sv


class NoSample(Exception):
    pass


class Thing(ABC):
    @abstractmethod
    def serialized(self): ...

    @abstractmethod
    def draw(self, frame: np.ndarray) -> np.ndarray: ...


class Tracker(ABC):
    DEVICE = "cpu"

    def __init__(self, load_path: Optional[str | Path] = None, save_path: Optional[str | Path] = None):
        self.results = []
        self.load_path, self.save_path = load_path, save_path
        self.video: Optional[sv.VideoInfo] = None

    def about(self, path: str):
        self.video = sv.VideoInfo.from_video_path(path)
        return self

    def save(self):
        Path(self.save_path).write_text(json.dumps([thing.serialized() for thing in self.results]))

    @abstractmethod
    def predict(self, sample, **kwargs): ...
