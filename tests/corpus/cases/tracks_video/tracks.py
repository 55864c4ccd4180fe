"""Players of a match followed in a video: found, followed, told apart by shirts, measured, drawn."""
import argparse
import json
import shutil
import subprocess
import tempfile
from collections import Counter, deque
from dataclasses import dataclass, field
from pathlib import Path

import cv2
import numpy as np
import torch
from filterpy.kalman import KalmanFilter
from PIL import Image
from scipy.optimize import linear_sum_assignment
from sklearn.cluster import KMeans
from tqdm.auto import tqdm
from ultralytics import YOLO

try:
    import yt_dlp
    HAVE_YT = True
except ModuleNotFoundError:
    HAVE_YT = False

DEVICE = "cuda" if torch.cuda.is_available() else "cpu"
COLORS = [(255, 0, 0), (0, 0, 255), (0, 255, 255)]
_model = None


def detector(weights="yolov8n.pt"):
    global _model
    if _model is None:
        _model = YOLO(weights).to(DEVICE)
    return _model


def download(url, folder):
    if not HAVE_YT:
        raise SystemExit("pip install yt-dlp")
    with yt_dlp.YoutubeDL({"outtmpl": f"{folder}/match.%(ext)s", "format": "mp4"}) as loader:
        return loader.prepare_filename(loader.extract_info(url))


def shorter(path, seconds):
    out = Path(tempfile.mkdtemp()) / "cut.mp4"
    cmd = ["ffmpeg", "-y", "-i", str(path), "-t", str(seconds), "-c", "copy", str(out)]
    subprocess.check_call(cmd, stdout=subprocess.DEVNULL)
    return out


def frames(path, every=1):
    video = cv2.VideoCapture(str(path))
    number = 0
    while True:
        ok, image = video.read()
        if not ok:
            break
        if number % every == 0:
            yield number, image
        number += 1
    video.release()


def boxes(image, sure=0.4):
    found = detector()(image, verbose=False)[0].boxes
    keep = found.conf > sure
    return found.xyxy[keep].cpu().numpy()


def middle(box):
    x1, y1, x2, y2 = box
    return float(x1 + x2) / 2, float(y2)


def overlap(one, two):
    x1, y1 = max(one[0], two[0]), max(one[1], two[1])
    x2, y2 = min(one[2], two[2]), min(one[3], two[3])
    inside = max(0, x2 - x1) * max(0, y2 - y1)
    area = lambda box: (box[2] - box[0]) * (box[3] - box[1])
    return inside / (area(one) + area(two) - inside)


@dataclass
class Track:
    number: int
    box: np.ndarray
    history: deque = field(default_factory=lambda: deque(maxlen=250))
    shirts: list = field(default_factory=list)
    missed: int = 0

    def __post_init__(self):
        self.filter = KalmanFilter(dim_x=4, dim_z=2)
        self.filter.F = np.eye(4) + np.eye(4, k=2)
        self.filter.H = np.eye(2, 4)
        self.filter.x[:2, 0] = middle(self.box)

    def follow(self, box):
        self.filter.predict()
        self.filter.update(np.array(middle(box)))
        self.box, self.missed = box, 0
        self.history.append(middle(box))

    def speed(self, rate=25.0):
        (x1, y1), (x2, y2) = self.history[0], self.history[-1]
        return ((x2 - x1) ** 2 + (y2 - y1) ** 2) ** 0.5 * rate / len(self.history)

    def picture(self, path):
        Image.fromarray(self.shirts[0]).save(path)


class Tracker:
    def __init__(self, patience=10, on_new=None):
        self.patience = patience
        self.on_new = on_new or (lambda track: None)
        self.tracks = []
        self.count = 0

    def _match(self, found):
        cost = np.array([[1 - overlap(one.box, box) for box in found] for one in self.tracks])
        if not cost.size:
            return []
        return [pair for pair in zip(*linear_sum_assignment(cost)) if cost[pair] < 0.7]

    def update(self, found, image):
        pairs = self._match(found)
        for row, column in pairs:
            self.tracks[row].follow(found[column])
        taken = {column for _, column in pairs}
        for column, box in enumerate(found):
            if column not in taken:
                self._start(box, image)
        self.tracks = [one for one in self.tracks if one.missed < self.patience]

    def _start(self, box, image):
        self.count += 1
        track = Track(self.count, box)
        track.shirts.append(shirt(image, box))
        self.tracks.append(track)
        self.on_new(track)

    def longest(self):
        return max(self.tracks, key=lambda one: len(one.history))

    def reset(self):
        self.__init__(self.patience, self.on_new)


def shirt(image, box):
    x1, y1, x2, y2 = map(int, box)
    return cv2.cvtColor(image[y1 : (y1 + y2) // 2, x1:x2], cv2.COLOR_BGR2RGB)


def colour(picture):
    return picture.reshape(-1, 3).mean(axis=0)


def teams(tracks):
    colours = np.stack([colour(one.shirts[0]) for one in tracks])
    labels = KMeans(2, n_init="auto").fit_predict(colours)
    return {one.number: int(label) for one, label in zip(tracks, labels)}


def sizes(sides):
    return Counter(sides.values())


def field_of(corners, width=105, height=68):
    target = np.float32([[0, 0], [width, 0], [width, height], [0, height]])
    return cv2.getPerspectiveTransform(np.float32(corners), target)


def on_field(matrix, points):
    return cv2.perspectiveTransform(np.float32(points).reshape(-1, 1, 2), matrix).reshape(-1, 2)


def drawn(image, tracks, sides):
    for one in tracks:
        x1, y1, x2, y2 = (int(v) for v in one.box)
        cv2.rectangle(image, (x1, y1), (x2, y2), COLORS[sides.get(one.number, 2)], 2)
    return image


def written(images, path, rate=25):
    height, width = images[0].shape[:2]
    out = cv2.VideoWriter(path, cv2.VideoWriter_fourcc(*"mp4v"), rate, (width, height))
    for one in images:
        out.write(one)
    out.release()


def summary(tracker, sides):
    return {one.number: {"team": sides[one.number], "speed": one.speed()} for one in tracker.tracks}


def fastest(found):
    return max(found.items(), key=lambda pair: pair[1]["speed"])


def told(found, path):
    Path(path).write_text(json.dumps(found))


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("source")
    parser.add_argument("--seconds", type=int)
    args = parser.parse_args()
    path = download(args.source, ".") if args.source.startswith("http") else args.source
    if args.seconds and shutil.which("ffmpeg"):
        path = shorter(path, args.seconds)
    tracker = Tracker(on_new=lambda track: tqdm.write(f"player {track.number}"))
    images = []
    for _, image in tqdm(frames(path)):
        tracker.update(boxes(image), image)
        images.append(image)
    sides = teams(tracker.tracks)
    print(sizes(sides))
    written([drawn(one, tracker.tracks, sides) for one in images], "out.mp4")
    found = summary(tracker, sides)
    told(found, "players.json")
    tracker.longest().picture("longest.png")
    print(fastest(found))
    print(on_field(field_of([(0, 0), (1, 0), (1, 1), (0, 1)]), [middle(one.box) for one in tracker.tracks]))


if __name__ == "__main__":
    main()
