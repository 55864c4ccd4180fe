import os
import statistics
import time

import humanfriendly
from tqdm import tqdm

from beasts import pictures
from beasts.numbers import cut_float

THRESHOLD = 0.2
VERSIONS = {"v4": {"threshold": 0.8}, "v5": {"threshold": 0.2}}


class Paths:
    endings = (".jpg", ".jpeg", ".png")

    @staticmethod
    def is_image(path):
        return os.path.splitext(path)[1].lower() in Paths.endings

    @staticmethod
    def found(folder):
        return sorted(os.path.join(root, name) for root, _, names in os.walk(folder) for name in names if Paths.is_image(name))


def version_of(path):
    return next((name for name in VERSIONS if name in os.path.basename(path)), None)


def has_card(path):
    if path.endswith(".pb"):
        import tensorflow.compat.v1 as tf

        return tf.test.is_gpu_available()
    import torch

    return torch.cuda.is_available()


def detector_of(path, cpu=False):
    begun = time.time()
    if path.endswith(".pb"):
        from beasts.tf_detector import TFDetector

        if cpu:
            os.environ["CUDA_VISIBLE_DEVICES"] = "-1"
        detector = TFDetector(path)
    else:
        from beasts.pt_detector import PTDetector

        detector = PTDetector(path, cpu)
    print("loaded in {}".format(humanfriendly.format_timespan(time.time() - begun)))
    return detector


def one_by_one(model, paths, out, threshold=THRESHOLD):
    detector = detector_of(model)
    times, results = [], []
    for path in tqdm(paths):
        begun = time.time()
        image = pictures.loaded(path)
        told = detector.detect(image, path, threshold)
        times.append(time.time() - begun)
        results.append(told)
        pictures.boxed(image, told["found"])
        image.save(os.path.join(out, os.path.basename(path)))
    print("{} s".format(cut_float(statistics.mean(times))))
    return results
