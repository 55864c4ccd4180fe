"""A dataset of pictures and masks."""

from pathlib import Path
from typing import Any, Dict, List, Optional, Tuple

import albumentations as albu
import cv2
import numpy as np
import torch
from albumentations.pytorch.transforms import ToTensorV2
from torch.utils.data import Dataset


def rgb(path: Path) -> np.ndarray:
    return cv2.cvtColor(cv2.imread(str(path)), cv2.COLOR_BGR2RGB)


def changes(size: int, train: bool) -> albu.Compose:
    steps: List[Any] = [albu.LongestMaxSize(size), albu.PadIfNeeded(size, size)]
    if train:
        steps.append(albu.HorizontalFlip(p=0.5))
    return albu.Compose([*steps, albu.Normalize(), ToTensorV2()])


class Shirts(Dataset):
    def __init__(self, samples: List[Tuple[Path, Path]], transform: albu.Compose, length: Optional[int] = None) -> None:
        self.samples = samples
        self.transform = transform
        self.length = len(samples) if length is None else length

    def __len__(self) -> int:
        return self.length

    def __getitem__(self, i: int) -> Dict[str, Any]:
        image_path, mask_path = self.samples[i % len(self.samples)]
        mask = cv2.imread(str(mask_path), 0)
        told = self.transform(image=rgb(image_path), mask=mask)
        wanted = torch.from_numpy((np.asarray(told["mask"]) > 0).astype(np.uint8))
        return {"id": image_path.stem, "features": told["image"], "masks": torch.unsqueeze(wanted, 0).float()}
