"""Tiles as datasets of PyTorch."""

import torch
import torch.utils.data
from PIL import Image

from lawns.tiles import padded, walk


class Tiles(torch.utils.data.Dataset):
    def __init__(self, root, transform=None):
        super().__init__()
        self.transform = transform
        self.tiles = [(tile, path) for tile, path in walk(root)]
        self.tiles.sort(key=lambda one: one[0])

    def __len__(self):
        return len(self.tiles)

    def __getitem__(self, i):
        tile, path = self.tiles[i]
        image = Image.open(path)
        if self.transform is not None:
            image = self.transform(image)
        return image, tile


class Stack(torch.utils.data.Dataset):
    def __init__(self, inputs, target, transform=None):
        super().__init__()
        self.transform = transform
        self.inputs = [Tiles(one) for one in inputs]
        self.target = Tiles(target)
        assert len({len(one) for one in self.inputs}) == 1

    def __len__(self):
        return len(self.target)

    def __getitem__(self, i):
        samples = [one[i] for one in self.inputs]
        images = [image for image, _ in samples]
        tiles = [tile for _, tile in samples]
        mask, mask_tile = self.target[i]
        assert tiles[0] == mask_tile
        if self.transform is not None:
            images, mask = self.transform(images, mask)
        return torch.cat(images, dim=0), mask, tiles


class Padded(torch.utils.data.Dataset):
    def __init__(self, root, transform=None, size=512, overlap=32):
        super().__init__()
        self.transform = transform
        self.size = size
        self.overlap = overlap
        self.tiles = dict(walk(root))

    def __len__(self):
        return len(self.tiles)

    def __getitem__(self, i):
        tile = list(self.tiles)[i]
        image = padded(tile, self.tiles, overlap=self.overlap, size=self.size)
        if self.transform is not None:
            image = self.transform(image)
        return image, torch.IntTensor([tile.x, tile.y, tile.z])

    def cut(self, chances):
        edge = self.overlap
        _, wide, high = chances.shape
        return chances[:, edge : wide - edge, edge : high - edge]
