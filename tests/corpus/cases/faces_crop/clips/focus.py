from __future__ import annotations

from pathlib import Path
from statistics import mean
from typing import Optional

import cv2
import mediapipe as mp

Box = tuple[float, float, float, float]


def detector(least=0.4):
    return mp.solutions.face_detection.FaceDetection(model_selection=0, min_detection_confidence=least)


def grabbed(video, second):
    video.set(cv2.CAP_PROP_POS_MSEC, second * 1000.0)
    ok, frame = video.read()
    if not ok or frame is None:
        return None
    return cv2.cvtColor(frame, cv2.COLOR_BGR2RGB)


def best_of(result):
    if not result.detections:
        return None
    best = max(result.detections, key=lambda one: one.score[0] if one.score else 0.0)
    return best.location_data.relative_bounding_box


def middle(path: Path, start: float, end: float, count: int = 8) -> Optional[float]:
    video = cv2.VideoCapture(str(path))
    if not video.isOpened():
        return None
    found: list[float] = []
    faces = detector()
    step = (end - start) / (count + 1)
    try:
        for number in range(count):
            frame = grabbed(video, start + step * (number + 1))
            if frame is None:
                continue
            box = best_of(faces.process(frame))
            if box is not None:
                found.append(box.xmin + box.width / 2.0)
    finally:
        faces.close()
        video.release()
    return clamped(mean(found)) if found else None


def clamped(value):
    return max(0.1, min(0.9, float(value)))


def face_box(path: Path, second: float = 2.0, margin: float = 0.15) -> Optional[Box]:
    video = cv2.VideoCapture(str(path))
    frame = grabbed(video, second)
    video.release()
    if frame is None:
        return None
    box = best_of(detector().process(frame))
    if box is None:
        return None
    return box.xmin - margin, box.ymin - margin, box.xmin + box.width + margin, box.ymin + box.height + margin


def widened(box: Box, by: float = 1.65) -> Box:
    left, top, right, bottom = box
    x, y = (left + right) / 2.0, (top + bottom) / 2.0
    half = max(right - left, bottom - top) / 2.0 * by
    return max(0.0, x - half), max(0.0, y - half), min(1.0, x + half), min(1.0, y + half)


def regions(path: Path, chat: float = 0.35) -> tuple[Box, Box]:
    face = face_box(path)
    return (widened(face) if face else (0.25, 0.0, 0.75, 1.0)), (1.0 - chat, 0.0, 1.0, 1.0)
