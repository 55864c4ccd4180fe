import json
import random

import cv2
import numpy as np
import torch
from torch.utils.data import Dataset


def picture(path, size):
    image = cv2.cvtColor(cv2.imread(path), cv2.COLOR_BGR2RGB)
    return cv2.resize(image, size, interpolation=cv2.INTER_AREA)


class Clips(Dataset):
    def __init__(self, listed, root, size=(256, 256), length=16, mode="train"):
        with open(listed) as file:
            self.clips = [json.loads(line) for line in file]
        self.root = root
        self.size = size
        self.length = length
        self.mode = mode

    def __len__(self):
        return len(self.clips)

    def begin(self, count):
        return random.randint(0, max(0, count - self.length)) if self.mode == "train" else 0

    def __getitem__(self, index):
        clip = self.clips[index]
        start = self.begin(clip["count"])
        names = [f"{self.root}/{clip['name']}/{n:05d}.jpg" for n in range(start, start + self.length)]
        frames = np.stack([picture(name, self.size) for name in names]).astype(np.float32) / 255
        depth = np.load(f"{self.root}/{clip['name']}/depth.npy")[start : start + self.length]
        return {"image": torch.from_numpy(frames).permute(0, 3, 1, 2), "depth": torch.from_numpy(depth)}
