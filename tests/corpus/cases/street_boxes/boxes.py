from collections import Counter
from pathlib import Path

import cv2
import numpy as np
import supervision as sv
from ultralytics import YOLO

VIDEO = "street.mp4"
model = YOLO("yolov8n.pt")
tracker = sv.ByteTrack()
info = sv.VideoInfo.from_video_path(VIDEO)
box_annotator = sv.BoxAnnotator(thickness=3)


def boxed(frame: np.ndarray, index: int) -> np.ndarray:
    if index % 2:
        return frame
    result = model(frame, imgsz=1280)[0]
    found = sv.Detections.from_ultralytics(result)
    labels = [f"{model.names[kind]} {sure:.2f}" for kind, sure in zip(found.class_id, found.confidence)]
    scene = box_annotator.annotate(scene=frame.copy(), detections=found)
    return sv.LabelAnnotator().annotate(scene=scene, detections=found, labels=labels)


def tracked(path):
    seen = Counter()
    for frame in sv.get_video_frames_generator(path, stride=2):
        found = sv.Detections.from_ultralytics(model(frame)[0])
        found = tracker.update_with_detections(found)
        seen.update(model.names[kind] for kind in found.class_id)
    return dict(seen)


def crossings(path, start, end):
    line = sv.LineZone(start=sv.Point(*start), end=sv.Point(*end))
    for frame in sv.get_video_frames_generator(path):
        line.trigger(tracker.update_with_detections(sv.Detections.from_ultralytics(model(frame)[0])))
    return line.in_count, line.out_count


def stills(path, every=25):
    video = cv2.VideoCapture(str(path))
    kept, number = [], 0
    while True:
        ok, frame = video.read()
        if not ok:
            break
        if number % every == 0:
            kept.append(cv2.cvtColor(frame, cv2.COLOR_BGR2RGB))
        number += 1
    video.release()
    return kept


def sharp(image):
    return cv2.Laplacian(image, cv2.CV_64F).var() > 100


def sheet(images, folder="stills"):
    Path(folder).mkdir(exist_ok=True)
    for number, image in enumerate(images):
        if sharp(image):
            cv2.imwrite(f"{folder}/{number:05}.jpg", image)
    return len(images)


def size():
    return info.width, info.height


def exported(format="onnx"):
    return model.export(format=format, dynamic=True)


def main():
    sv.process_video(source_path=VIDEO, target_path="out.mp4", callback=boxed)
    sheet(stills(VIDEO))
    print(tracked(VIDEO), size())


if __name__ == "__main__":
    main()
