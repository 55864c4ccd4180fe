from typing import Iterable, Iterator

import cv2
import numpy as np
from PIL import Image
from torch.utils.data import IterableDataset
from torchvision import transforms


class Frames(IterableDataset):
    def __init__(self, frames: Iterable[np.ndarray]):
        self.frames = frames
        self.width = self.height = 0
        self.changed = transforms.Compose([transforms.Resize((224, 224)), transforms.ToTensor()])

    def __iter__(self) -> Iterator[dict]:
        for frame in self.frames:
            self.height, self.width = frame.shape[:2]
            yield {"image": self.changed(Image.fromarray(cv2.cvtColor(frame, cv2.COLOR_BGR2RGB)))}
