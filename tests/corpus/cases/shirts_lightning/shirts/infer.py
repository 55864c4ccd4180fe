"""Masks of a folder's pictures."""

import argparse
from pathlib import Path
from typing import Any, Dict, List

import albumentations as albu
import cv2
import numpy as np
import segmentation_models_pytorch as smp
import torch
from torch.utils.data import DataLoader, Dataset
from tqdm import tqdm

from shirts.sets import changes, rgb


def get_args():
    parser = argparse.ArgumentParser()
    parser.add_argument("-i", "--images", type=Path, required=True)
    parser.add_argument("-o", "--out", type=Path, required=True)
    parser.add_argument("-w", "--weights", required=True)
    return parser.parse_args()


class Folder(Dataset):
    def __init__(self, paths: List[Path], transform: albu.Compose) -> None:
        self.paths = paths
        self.transform = transform

    def __len__(self) -> int:
        return len(self.paths)

    def __getitem__(self, i: int) -> Dict[str, Any]:
        image = rgb(self.paths[i])
        return {"image": self.transform(image=image)["image"], "path": str(self.paths[i]), "size": image.shape[:2]}


def without_prefix(path):
    kept = torch.load(path, map_location="cpu")["state_dict"]
    return {name.replace("model.", "", 1): value for name, value in kept.items()}


def predicted(loader, model, out, device):
    model.eval()
    with torch.no_grad():
        for batch in tqdm(loader):
            told = model(batch["image"].to(device))
            for i, path in enumerate(batch["path"]):
                mask = (told[i][0].cpu().numpy() > 0).astype(np.uint8) * 255
                mask = cv2.resize(mask, (64, 64), interpolation=cv2.INTER_NEAREST)
                cv2.imwrite(str(out / f"{Path(path).stem}.png"), mask)


def main():
    args = get_args()
    args.out.mkdir(parents=True, exist_ok=True)
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    model = smp.Unet("resnet34", encoder_weights=None, classes=1).to(device)
    model.load_state_dict(without_prefix(args.weights))
    model = torch.nn.parallel.DistributedDataParallel(model)
    paths = sorted(args.images.rglob("*.jpg"))
    loader = DataLoader(Folder(paths, transform=changes(512, train=False)), batch_size=4)
    predicted(loader, model, args.out, device)


if __name__ == "__main__":
    main()
