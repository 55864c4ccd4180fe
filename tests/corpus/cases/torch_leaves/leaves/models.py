import torch
from torch import nn

registered = {}


def register(name):
    def keep(build):
        registered[name] = build
        return build

    return keep


@register("small")
def small(classes):
    return nn.Sequential(nn.Conv2d(3, 8, 3), nn.Flatten(), nn.LazyLinear(classes))


@register("resnet")
def resnet(classes):
    from torchvision.models import resnet18

    model = resnet18(weights=None)
    model.fc = nn.Linear(model.fc.in_features, classes)
    return model


def parameters_of(model):
    return sum(p.numel() for p in model.parameters() if p.requires_grad)
