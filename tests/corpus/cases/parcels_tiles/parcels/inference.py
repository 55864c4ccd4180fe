"""A trained task over a stacked file, tile by tile."""
import math
import os
import time

import kornia.augmentation as K
import numpy as np
import rasterio
import torch
from kornia.constants import Resample
from rasterio.enums import ColorInterp
from torch.utils.data import DataLoader
from torchgeo.datasets import RasterDataset, stack_samples
from torchgeo.samplers import GridGeoSampler
from tqdm import tqdm

from .models import Segmenter


class OneRaster(RasterDataset):
    def __init__(self, path, transforms=None):
        self.filename_regex = os.path.basename(path)
        super().__init__(paths=os.path.dirname(path), transforms=transforms)


def scaled(sample):
    sample["image"] = sample["image"] / 3000
    return sample


def device_of(gpu, apple):
    if apple:
        assert torch.backends.mps.is_available()
        return torch.device("mps")
    if gpu is not None and torch.cuda.is_available():
        return torch.device(f"cuda:{gpu}")
    return torch.device("cpu")


def resizers(size, factor, device):
    up = K.Resize((size * factor, size * factor)).to(device)
    down = K.Resize((size, size), resample=Resample.NEAREST.name).to(device)
    return up, down


def pixel_box(bounds, transform):
    left, top = ~transform * (bounds.minx, bounds.maxy)
    right, bottom = ~transform * (bounds.maxx, bounds.miny)
    return tuple(int(np.round(value)) for value in (left, right, top, bottom))


def predicted(model, images, up, down):
    with torch.inference_mode():
        said = model(up(images)).argmax(axis=1).unsqueeze(0)
        return down(said.float()).int().cpu().numpy()[0]


def saved(mask, profile, out):
    profile.update(driver="GTiff", count=1, dtype="uint8", compress="lzw", nodata=0, tiled=True)
    with rasterio.open(out, "w", **profile) as file:
        file.write(mask, 1)
        file.write_colormap(1, {1: (255, 0, 0)})
        file.colorinterp = [ColorInterp.palette]


def infer(source, weights, out, factor=2, gpu=None, size=1024, batch=2, padding=64, apple=False):
    assert weights.endswith(".ckpt"), weights
    assert int(math.log(size, 2)) == math.log(size, 2), "a power of two"
    device = device_of(gpu, apple)
    started = time.time()
    task = Segmenter.load_from_checkpoint(weights, map_location="cpu")
    task.freeze()
    model = task.net.eval().to(device)
    up, down = resizers(size, factor, device)
    found = OneRaster(source, transforms=scaled)
    sampler = GridGeoSampler(found, size=size, stride=size - padding * 2)
    with rasterio.open(source) as file:
        profile, shape = file.profile, file.shape
    mask = np.zeros(shape, dtype=np.uint8)
    for part in tqdm(DataLoader(found, sampler=sampler, batch_size=batch, collate_fn=stack_samples)):
        said = predicted(model, part["image"].to(device), up, down)
        for number, bounds in enumerate(part["bounds"]):
            left, right, top, bottom = pixel_box(bounds, profile["transform"])
            mask[top:bottom, left:right] = said[number][: bottom - top, : right - left]
    saved(mask, profile, out)
    print(f"{time.time() - started:.1f} seconds")
