from pathlib import Path
from typing import Iterable, Literal, Optional, Type

import cv2
import numpy as np
import supervision as sv
import torch
from PIL import Image
from torch.utils.data import DataLoader
from torchvision import models
from tqdm import tqdm
from ultralytics import YOLO

from trackers.frames import Frames
from trackers.tracker import NoFrames, NoSample, Thing, Tracker


class Point:
    def __init__(self, id: int, xy: tuple[float, float]):
        self.id = id
        self.xy = xy

    @classmethod
    def from_json(cls, x: dict):
        return cls(**x)

    def plain(self) -> dict:
        return {"id": self.id, "xy": self.xy}

    def whole(self) -> tuple[int, int]:
        return tuple(int(v) for v in self.xy)

    def draw(self, frame: np.ndarray) -> np.ndarray:
        x, y = self.whole()
        cv2.putText(frame, str(self.id + 1), (x + 5, y - 5), cv2.FONT_HERSHEY_SIMPLEX, 0.4, (255, 255, 255), 1)
        return cv2.circle(frame, (x, y), radius=6, color=(255, 0, 0), thickness=-1)


class Points(Thing):
    def __init__(self, points: list[Point]):
        super().__init__()
        self.points = sorted(points, key=lambda one: one.id)
        self.by_id = {one.id: one for one in points}

    @classmethod
    def from_json(cls, x: list[dict]) -> "Points":
        return cls(points=[Point.from_json(one) for one in x])

    def plain(self) -> list[dict]:
        return [one.plain() for one in self.points]

    def __len__(self) -> int:
        return len(self.points)

    def __getitem__(self, id: int) -> Point:
        return self.by_id[id]

    def draw(self, frame: np.ndarray) -> np.ndarray:
        for one in self.points:
            frame = one.draw(frame)
        return frame


class PointsTracker(Tracker):
    NUMBER = 12
    SIZE = 640

    def __init__(
        self,
        path: str,
        batch: int,
        kind: Literal["resnet", "yolo"] = "resnet",
        fixed: Optional[Points] = None,
        load: Optional[str | Path] = None,
        save: Optional[str | Path] = None,
    ):
        super().__init__(load=load, save=save)
        self.batch = batch
        self.kind = kind
        if kind == "resnet":
            self.model = models.resnet50(pretrained=True)
            self.model.fc = torch.nn.Linear(self.model.fc.in_features, self.NUMBER * 2)
            self.model.load_state_dict(torch.load(path))
            self.model.eval()
        elif kind == "yolo":
            self.model = YOLO(path)
        else:
            raise ValueError(kind)
        self.fixed = fixed

    def of_video(self, info: sv.VideoInfo) -> "PointsTracker":
        return self

    def thing(self) -> Type[Thing]:
        return Points

    def picture(self, frame: np.ndarray) -> Image.Image:
        frame = cv2.cvtColor(frame, cv2.COLOR_BGR2RGB)
        return Image.fromarray(frame).resize((self.SIZE, self.SIZE))

    def to(self, device: str) -> None:
        self.model.to(device)

    def sample(self, frames: Iterable[np.ndarray]) -> list[Points]:
        if self.fixed is not None:
            return [self.fixed for _ in frames]
        if self.kind != "yolo":
            raise NoSample()
        height, width = frames[0].shape[:2]
        results = self.model.predict([self.picture(one) for one in frames], imgsz=self.SIZE, device=self.DEVICE)
        found = []
        for result in results:
            points = []
            for i, one in enumerate(result.keypoints.xy.squeeze(0)):
                points.append(Point(id=i, xy=(one[0].item() * width / self.SIZE, one[1].item() * height / self.SIZE)))
            found.append(Points(points))
        return found

    def frames(self, frames: Iterable[np.ndarray]) -> list[Points]:
        if self.kind == "yolo":
            raise NoFrames()
        rows = Frames(frames)
        found = []
        for batch in tqdm(DataLoader(rows, batch_size=self.batch, shuffle=False)):
            with torch.no_grad():
                outputs = self.model(batch["image"].to(self.DEVICE))
                outputs = torch.nn.Sigmoid()(outputs).cpu().detach().numpy()
                for one in outputs:
                    pairs = one.reshape(self.NUMBER, 2)
                    found.append(Points([Point(i, (p[0] * rows.width, p[1])) for i, p in enumerate(pairs)]))
        return found
