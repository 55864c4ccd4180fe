"""How well a mask fits."""

import torch

EPSILON = 1e-15


def mean_iou(logits: torch.Tensor, wanted: torch.Tensor) -> torch.Tensor:
    told = (logits > 0).int()
    both = (told * wanted).sum()
    return (both / (told.sum() + wanted.sum() - both + EPSILON)).mean()


def average(outputs, name):
    return torch.stack([one[name] for one in outputs]).mean()
