import torch
import torch.nn as nn


class Human(nn.Module):
    def __init__(self, frames):
        super().__init__()
        self.pretrained = torch.hub.load("facebookresearch/dinov2", "dinov2_vitl14")
        self.head = nn.Conv2d(1024, 2, 1)
        self.frames = frames

    def forward(self, x):
        out = self.head(self.pretrained.get_intermediate_layers(x.flatten(0, 1), 1, reshape=True)[0])
        return {"depth": out[:, 0], "mask": out[:, 1]}
