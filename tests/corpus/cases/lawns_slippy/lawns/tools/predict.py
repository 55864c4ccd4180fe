"""Predicts masks."""

import os

import numpy as np
import torch
import torch.nn as nn
from PIL import Image
from torch.utils.data import DataLoader
from torchvision.transforms import Compose, Normalize
from tqdm import tqdm

from lawns.config import class_count, load
from lawns.datasets import Padded
from lawns.joint import ToMode, ToTensor
from lawns.unet import UNet


def main(args):
    model, dataset = load(args.model), load(args.dataset)
    cuda = model["common"]["cuda"]
    device = torch.device("cuda" if cuda else "cpu")

    def to_place(storage, _):
        return storage.cuda() if cuda else storage.cpu()

    kept = torch.load(args.checkpoint, map_location=to_place)
    net = nn.DataParallel(UNet(class_count(dataset)).to(device))
    net.load_state_dict(kept["state_dict"])
    net.eval()
    transform = Compose([ToMode("RGB"), ToTensor(), Normalize(mean=[0.4] * 3, std=[0.2] * 3)])
    folder = Padded(args.tiles, transform=transform, size=args.size, overlap=args.overlap)
    loader = DataLoader(folder, batch_size=args.batch_size, num_workers=args.workers)
    with torch.no_grad():
        for images, tiles in tqdm(loader, desc="predict", unit="batch"):
            chances = nn.functional.softmax(net(images.to(device)), dim=1).data.cpu().numpy()
            for tile, chance in zip(tiles, chances):
                x, y, z = list(map(int, tile))
                picture = quantized(folder.cut(chance))
                os.makedirs(os.path.join(args.out, str(z), str(x)), exist_ok=True)
                picture.save(os.path.join(args.out, str(z), str(x), f"{y}.png"), optimize=True)


def quantized(chance):
    steps = np.digitize(chance[1:, :, :], np.linspace(0, 1, 256)).astype(np.uint8)
    return Image.fromarray(steps.squeeze(), mode="P")
