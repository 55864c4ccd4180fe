import os

import cv2
import decord
import numpy as np
import torch
from torch.utils.data import Dataset
from torchvision.transforms import Compose, Normalize

decord.bridge.set_bridge("torch")


class Clips(Dataset):
    def __init__(self, list_path, size, length):
        with open(list_path) as file:
            self.paths = file.read().split()
        self.size, self.length = size, length
        self.change = Compose([Normalize([0.5] * 3, [0.5] * 3)])

    def __len__(self):
        return len(self.paths)

    def depth(self, path):
        raw = cv2.imread(path, cv2.IMREAD_UNCHANGED).astype(np.float32)
        return torch.from_numpy(cv2.resize(raw, self.size))

    def __getitem__(self, i):
        video = decord.VideoReader(self.paths[i], width=self.size[0], height=self.size[1])
        frames = video.get_batch(range(self.length)).permute(0, 3, 1, 2) / 255.0
        depth = self.depth(os.path.splitext(self.paths[i])[0] + ".png")
        return {"image": self.change(frames), "depth": depth, "mask": depth > 0}
