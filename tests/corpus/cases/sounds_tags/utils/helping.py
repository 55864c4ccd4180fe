import datetime
import logging
import os
import pickle

import h5py
import librosa
import numpy as np
import pandas as pd
import soundfile
from scipy import stats


def make_folder(path):
    if not os.path.exists(path):
        os.makedirs(path)


def name_of(path):
    return os.path.splitext(os.path.realpath(path).split("/")[-1])[0]


def paths_under(folder):
    return [os.path.join(root, name) for root, _, names in os.walk(folder) for name in names]


def set_logging(folder, mode):
    make_folder(folder)
    logging.basicConfig(level=logging.DEBUG, filename=os.path.join(folder, "run.log"), filemode=mode)
    console = logging.StreamHandler()
    console.setLevel(logging.INFO)
    logging.getLogger("").addHandler(console)
    return logging


def targets_of(path, count, index_of):
    with open(path) as text:
        lines = text.readlines()[3:]
    targets = np.zeros((len(lines), count), dtype=bool)
    names = []
    for n, line in enumerate(lines):
        items = line.split(", ")
        names.append(f"Y{items[0]}.wav")
        for one in items[3].split('"')[1].split(","):
            targets[n, index_of[one]] = 1
    return {"name": np.array(names), "target": targets}


def to_int16(x):
    assert np.max(np.abs(x)) <= 1.0
    return (x * 32767.0).astype(np.int16)


def to_float32(x):
    return (x / 32767.0).astype(np.float32)


def fitted(x, length):
    if len(x) <= length:
        return np.concatenate((x, np.zeros(length - len(x))), axis=0)
    return x[:length]


def d_prime(auc):
    return stats.norm().ppf(auc) * np.sqrt(2.0)


class Mixup(object):
    def __init__(self, alpha, seed=1234):
        self.alpha = alpha
        self.random = np.random.RandomState(seed)

    def draw(self, size):
        parts = []
        for _ in range(0, size, 2):
            part = self.random.beta(self.alpha, self.alpha, 1)[0]
            parts += [part, 1.0 - part]
        return np.array(parts)


class Tally(object):
    def __init__(self, path):
        self.path = path
        self.backup = "{}_{}.pkl".format(os.path.splitext(path)[0], datetime.datetime.now().strftime("%Y-%m-%d"))
        self.rows = {"bal": [], "test": []}

    def add(self, step, scores, kind):
        scores["step"] = step
        self.rows[kind].append(scores)

    def dump(self):
        for path in (self.path, self.backup):
            with open(path, "wb") as to:
                pickle.dump(self.rows, to)
        logging.info("    told to {}".format(self.path))


def table_of(path):
    return pd.read_csv(path, sep=",")


def lengths_of(path):
    with h5py.File(path, "r") as packed:
        return {name: len(packed[name]) for name in packed}


def resampled(path, rate):
    wave, _ = librosa.load(path, sr=rate)
    soundfile.write(path, wave, rate)
