import numpy as np
import torch
from PIL import Image
from torch.utils.data import IterableDataset
from torchvision import transforms


class Frames(IterableDataset):
    STEPS = transforms.Compose([transforms.Resize((640, 640)), transforms.ToTensor()])

    def __init__(self, frames):
        self.frames = frames
        self.width = self.height = 0

    def __iter__(self):
        for frame in self.frames:
            self.height, self.width = frame.shape[:2]
            yield {"image": self.STEPS(Image.fromarray(frame))}
