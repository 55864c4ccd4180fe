import torch
import torch.nn as nn
import torch.nn.functional as F
from einops import rearrange
from torchvision.models.optical_flow import raft_small


class VideoLoss(nn.Module):
    def __init__(self, device):
        super().__init__()
        self.flow = raft_small(weights="DEFAULT").to(device).eval()

    def forward(self, depth, truth):
        flat, wanted = rearrange(depth, "b t h w -> (b t) h w"), rearrange(truth, "b t h w -> (b t) h w")
        return F.l1_loss(flat, wanted) + (flat[1:] - flat[:-1]).abs().mean()


def mask_loss(guess, truth):
    return F.binary_cross_entropy_with_logits(guess, truth.float())
