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

from trackers.iterable import Frames
from trackers.tracker import NoSample, Thing, Tracker


class Point:
    def __init__(self, id: int, xy: tuple[float, float]):
        self.id = id
        self.xy = xy

    @classmethod
    def from_json(cls, x: dict):
        return cls(**x)

    def serialized(self) -> dict:
        return {"id": self.id, "xy": self.xy}

    def draw(self, frame: np.ndarray) -> np.ndarray:
        x, y = (int(value) for value in self.xy)
        cv2.putText(frame, str(self.id + 1), (x + 5, y - 5), cv2.FONT_HERSHEY_SIMPLEX, 0.4, (255, 255, 255), 1)
        return frame


class Points(Thing):
    def __init__(self, points: list[Point]):
        self.points = sorted(points, key=lambda point: point.id)

    def serialized(self) -> list[dict]:
        return [point.serialized() for point in self.points]

    def draw(self, frame: np.ndarray) -> np.ndarray:
        for point in self.points:
            frame = point.draw(frame)
        return frame


class CourtTracker(Tracker):
    COUNT = 12
    SIZE = 640

    def __init__(self, weights: str, batch: int, kind: Literal["resnet", "yolo"] = "resnet", fixed: Optional[Points] = None, load_path: Optional[str | Path] = None):
        super().__init__(load_path=load_path)
        self.batch, self.kind, self.fixed = batch, kind, fixed
        if kind == "resnet":
            self.model = models.resnet50(weights=None)
            self.model.fc = torch.nn.Linear(self.model.fc.in_features, self.COUNT * 2)
            self.model.load_state_dict(torch.load(weights))
            self.model.eval()
        else:
            self.model = YOLO(weights)

    def with_video(self, info: sv.VideoInfo) -> "CourtTracker":
        self.video = info
        return self

    def object(self) -> Type[Thing]:
        return Points

    def processed(self, frame: np.ndarray) -> Image.Image:
        return Image.fromarray(cv2.cvtColor(frame, cv2.COLOR_BGR2RGB)).resize((self.SIZE, self.SIZE))

    def predict(self, sample: Iterable[np.ndarray], **kwargs) -> list[Points]:
        if self.fixed is not None:
            return [self.fixed for _ in range(len(sample))]
        if self.kind != "yolo":
            raise NoSample()
        ratio = sample[0].shape[0] / self.SIZE
        results = self.model.predict([self.processed(frame) for frame in sample], conf=0.5, imgsz=self.SIZE, device=self.DEVICE)
        out = []
        for result in results:
            found = enumerate(result.keypoints.xy.squeeze(0))
            out.append(Points([Point(i, (one[0].item() * ratio, one[1].item() * ratio)) for i, one in found]))
        return out

    def predict_frames(self, frames: Iterable[np.ndarray], **kwargs) -> list[Points]:
        iterable = Frames(frames)
        out = []
        for batch in tqdm(DataLoader(iterable, batch_size=self.batch)):
            with torch.no_grad():
                raw = torch.nn.Sigmoid()(self.model(batch["image"].to(self.DEVICE))).cpu().numpy()
            for one in raw:
                out.append(Points([Point(i, (xy[0] * iterable.width, xy[1] * iterable.height)) for i, xy in enumerate(one.reshape(self.COUNT, 2))]))
        return out


def main(video: str, weights: str):
    tracker = CourtTracker(weights, batch=8)
    tracker.about(video)
    tracker.results = tracker.predict_frames(sv.get_video_frames_generator(video))
    with sv.VideoSink("court.mp4", tracker.video) as sink:
        for frame, points in zip(sv.get_video_frames_generator(video), tracker.results):
            sink.write_frame(points.draw(frame))
