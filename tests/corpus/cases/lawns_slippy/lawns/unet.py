"""An encoder of torchvision and a decoder."""

import torch
import torch.nn as nn
from torchvision.models import resnet50


class Rectified(nn.Module):
    def __init__(self, into, out):
        super().__init__()
        self.block = nn.Conv2d(into, out, kernel_size=3, padding=1, bias=False)

    def forward(self, x):
        return nn.functional.relu(self.block(x), inplace=True)


class Up(nn.Module):
    def __init__(self, into, out):
        super().__init__()
        self.block = Rectified(into, out)

    def forward(self, x):
        return self.block(nn.functional.interpolate(x, scale_factor=2, mode="nearest"))


class UNet(nn.Module):
    def __init__(self, classes, filters=32, pretrained=True):
        super().__init__()
        self.resnet = resnet50(pretrained=pretrained)
        self.centre = Up(2048, filters * 8)
        self.up = Up(2048 + filters * 8, filters * 2)
        self.last = nn.Conv2d(filters * 2, classes, kernel_size=1)

    def forward(self, x):
        first = self.resnet.maxpool(self.resnet.relu(self.resnet.bn1(self.resnet.conv1(x))))
        deep = self.resnet.layer4(self.resnet.layer3(self.resnet.layer2(self.resnet.layer1(first))))
        return self.last(self.up(torch.cat([deep, self.centre(deep)], dim=1)))
