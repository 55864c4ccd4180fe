"""Changes of a picture together with its mask."""

import random

import numpy as np
import torch
import torchvision
from PIL import Image


class ToMode:
    def __init__(self, mode):
        self.mode = mode

    def __call__(self, image):
        return image.convert(self.mode)


class ToTensor:
    def __call__(self, image):
        return torchvision.transforms.functional.to_tensor(image)


class MaskToTensor:
    def __call__(self, mask):
        return torch.from_numpy(np.array(mask, dtype=np.uint8)).long()


class Both:
    def __init__(self, image_change, mask_change=None):
        self.image_change = image_change
        self.mask_change = mask_change or image_change

    def __call__(self, images, mask):
        return [self.image_change(image) for image in images], self.mask_change(mask)


class Chain:
    def __init__(self, changes):
        self.changes = changes

    def __call__(self, images, mask):
        for change in self.changes:
            images, mask = change(images, mask)
        return images, mask


class MaybeFlip:
    def __init__(self, chance):
        self.chance = chance

    def __call__(self, images, mask):
        if random.random() >= self.chance:
            return images, mask
        side = Image.FLIP_LEFT_RIGHT
        return [image.transpose(side) for image in images], mask.transpose(side)
