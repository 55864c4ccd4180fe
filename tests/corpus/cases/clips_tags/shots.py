import numpy as np
from scenedetect import ContentDetector, detect
from torchcodec.decoders import VideoDecoder


def frames_of(path):
    scenes = detect(path, ContentDetector())
    video = VideoDecoder(path)
    return [np.asarray(video[start.get_frames()].permute(1, 2, 0)) for start, _ in scenes]
