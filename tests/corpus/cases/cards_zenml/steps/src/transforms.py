"""How pictures are changed before they are learned from."""

import albumentations as A
import cv2
from albumentations.pytorch import ToTensorV2


def plain(size: int, mean: float, deviation: float) -> A.Compose:
    return A.Compose(
        [A.Resize(width=size, height=size), A.Normalize(mean=mean, std=deviation), ToTensorV2()],
        bbox_params=A.BboxParams(format="pascal_voc", label_fields=["labels"]),
    )


def changed(size: int, mean: float, deviation: float) -> A.Compose:
    return A.Compose(
        [
            A.PadIfNeeded(size, size, border_mode=cv2.BORDER_CONSTANT),
            A.HorizontalFlip(p=0.5),
            A.SafeRotate([-90, 90], p=1),
            A.Normalize(mean=mean, std=deviation),
            ToTensorV2(),
        ],
        bbox_params=A.BboxParams(format="pascal_voc", label_fields=["labels"]),
    )
