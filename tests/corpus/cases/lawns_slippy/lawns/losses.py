"""What is made small."""

import torch
import torch.nn as nn


class Entropy2d(nn.Module):
    def __init__(self, weight=None):
        super().__init__()
        self.nll = nn.NLLLoss(weight)

    def forward(self, inputs, targets):
        return self.nll(nn.functional.log_softmax(inputs, dim=1), targets)


class Lovasz(nn.Module):
    def forward(self, inputs, targets):
        total = 0
        for mask, wanted in zip(inputs, targets):
            margin = 1.0 - torch.sum(mask * wanted)
            total += nn.functional.relu(margin)
        return total / len(inputs)
