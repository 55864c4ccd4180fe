"""Pictures of cards with the boxes of what is on them."""

import os
from xml.etree import ElementTree

import numpy as np
import torch
from PIL import Image
from torch.utils.data import Dataset


class Cards(Dataset):
    def __init__(self, root: str, part: str, transform=None):
        self.root = root
        self.part = part
        self.transform = transform
        self.names = sorted(os.listdir(os.path.join(root, part, "annotations")))
        with open(os.path.join(root, "labels.txt")) as f:
            self.labels = f.read().splitlines()

    def __len__(self):
        return len(self.names)

    def __getitem__(self, index):
        image = np.array(Image.open(os.path.join(self.root, self.names[index][:-4])).convert("RGB"))
        boxes, labels = self.boxes(self.names[index])
        if self.transform:
            done = self.transform(image=image, bboxes=boxes, labels=labels)
            image, boxes, labels = done["image"], done["bboxes"], done["labels"]
        return image, {"boxes": torch.as_tensor(boxes, dtype=torch.float32), "labels": torch.as_tensor(labels)}

    def boxes(self, name):
        tree = ElementTree.parse(os.path.join(self.root, self.part, "annotations", name))
        found = [one.text.split() for one in tree.findall("object")]
        return [[float(x), float(y), float(x) + 9, float(y) + 9] for _, x, y in found], [self.labels.index(o[0]) for o in found]

    def together(self, batch):
        return tuple(zip(*batch))
