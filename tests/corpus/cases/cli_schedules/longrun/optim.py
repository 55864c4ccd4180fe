from jsonargparse import Namespace
from timm.scheduler.scheduler import Scheduler
from torch import nn
from torch.optim import Optimizer

from lightning.pytorch.cli import instantiate_class


def decays(model: nn.Module):
    heavy, light = [], []
    for name, weight in model.named_parameters():
        (light if weight.ndim < 2 or name.endswith("bias") else heavy).append(weight)
    return [{"params": heavy}, {"params": light, "weight_decay": 0.0}]


def optimizer_of(model: nn.Module, config) -> Optimizer:
    return instantiate_class(decays(model), config)


def schedule_of(optimizer: Optimizer, config, steps: int):
    init = dict(config.scheduler["init_args"], t_initial=steps)
    config.scheduler = instantiate_class(optimizer, {"class_path": config.scheduler["class_path"], "init_args": init})
    return config


def namespaced(config: dict) -> Namespace:
    return Namespace(**config)
