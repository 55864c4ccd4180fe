import glob
import os
from typing import List

import cv2
from tqdm import tqdm

ENDINGS = (".mp4", ".avi")


def is_video(path: str) -> bool:
    return os.path.splitext(path)[1].lower() in ENDINGS


def videos(folder: str) -> List[str]:
    return [one for one in glob.glob(os.path.join(folder, "**", "*.*"), recursive=True) if is_video(one)]


def rate_of(path):
    video = cv2.VideoCapture(path)
    rate = video.get(cv2.CAP_PROP_FPS)
    video.release()
    return rate


def to_video(paths, rate, out):
    high, wide, _ = cv2.imread(paths[0]).shape
    writer = cv2.VideoWriter(out, cv2.VideoWriter_fourcc(*"mp4v"), rate, (wide, high))
    for path in paths:
        writer.write(cv2.imread(path))
    writer.release()


def to_frames(path, folder):
    video = cv2.VideoCapture(path)
    names = []
    for n in tqdm(range(int(video.get(cv2.CAP_PROP_FRAME_COUNT)))):
        there, frame = video.read()
        if not there:
            break
        names.append(os.path.join(folder, "frame{:05d}.jpg".format(n)))
        cv2.imwrite(names[-1], frame)
    return names, video.get(cv2.CAP_PROP_FPS)


def all_frames(folder, out):
    return [to_frames(path, out) for path in videos(folder)]
