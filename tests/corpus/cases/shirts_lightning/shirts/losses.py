"""What is made small."""

import torch.nn.functional as F
from torch import nn


class Jaccard(nn.Module):
    def __init__(self, smooth=1.0):
        super().__init__()
        self.smooth = smooth

    def forward(self, logits, wanted):
        told = logits.sigmoid()
        both = (told * wanted).sum()
        return 1 - (both + self.smooth) / (told.sum() + wanted.sum() - both + self.smooth)


class Focal(nn.Module):
    def forward(self, logits, wanted):
        loss = F.binary_cross_entropy_with_logits(logits, wanted, reduction="none")
        return ((1 - (-loss).exp()) ** 2 * loss).mean()
