import csv
import logging
import time

import h5py
import numpy as np

from helping import to_float32


def banned(path):
    with open(path) as text:
        return ["Y{}.wav".format(line[0]) for line in csv.reader(text)]


class Clips(object):
    def __init__(self, clip, count):
        self.clip = clip
        self.count = count

    def __getitem__(self, meta):
        if meta is None:
            wave = np.zeros((self.clip,), dtype=np.float32)
            target = np.zeros((self.count,), dtype=np.float32)
            return {"name": None, "wave": wave, "target": target}
        with h5py.File(meta["path"], "r") as packed:
            name = packed["name"][meta["i"]].decode()
            wave = to_float32(packed["wave"][meta["i"]])
            target = packed["target"][meta["i"]].astype(np.float32)
        return {"name": name, "wave": wave, "target": target}


class Base(object):
    def __init__(self, path, ban, size, seed):
        self.size = size
        self.random = np.random.RandomState(seed)
        self.ban = banned(ban) if ban else []
        begun = time.time()
        with h5py.File(path, "r") as packed:
            self.names = [name.decode() for name in packed["name"][:]]
            self.paths = [one.decode() for one in packed["path"][:]]
            self.targets = packed["target"][:].astype(np.float32)
        self.total, self.count = self.targets.shape
        logging.info("read in {:.3f} s".format(time.time() - begun))


class Plain(Base):
    def __init__(self, path, size, ban=None, seed=1234):
        super(Plain, self).__init__(path, ban, size, seed)
        self.order = np.arange(self.total)
        self.random.shuffle(self.order)
        self.at = 0

    def __iter__(self):
        while True:
            rows = []
            while len(rows) < self.size:
                i = self.order[self.at]
                self.at += 1
                if self.at >= self.total:
                    self.at = 0
                    self.random.shuffle(self.order)
                if self.names[i] not in self.ban:
                    rows.append({"path": self.paths[i], "i": i})
            yield rows

    def state(self):
        return {"order": self.order, "at": self.at}

    def restore(self, state):
        self.order = state["order"]
        self.at = state["at"]


class Balanced(Base):
    def __init__(self, path, size, ban=None, seed=1234):
        super(Balanced, self).__init__(path, ban, size, seed)
        self.per_class = [np.where(self.targets[:, k] == 1)[0] for k in range(self.count)]
        self.queue = []

    def longer(self, queue):
        classes = np.arange(self.count).tolist()
        self.random.shuffle(classes)
        return queue + classes

    def __iter__(self):
        while True:
            if not self.queue:
                self.queue = self.longer(self.queue)
            yield [{"path": self.paths[i], "i": i} for i in self.per_class[self.queue.pop(0)][: self.size]]


class Checked(object):
    def __init__(self, path, size):
        self.size = size
        with h5py.File(path, "r") as packed:
            self.paths = [one.decode() for one in packed["path"][:]]

    def __iter__(self):
        for at in range(0, len(self.paths), self.size):
            yield [{"path": path, "i": at + i} for i, path in enumerate(self.paths[at : at + self.size])]


def joined(rows):
    return {key: np.array([row[key] for row in rows]) for key in rows[0]}
