"""Nets for finding things, and what is measured of them."""

import copy
import math
import os

import matplotlib.pyplot as plt
import mlflow
import numpy as np
import pandas as pd
import seaborn as sn
import torch
from PIL import Image
from rich import print
from rich.table import Table
from torch import nn
from torch.utils.data import DataLoader
from torchmetrics.detection.mean_ap import MeanAveragePrecision
from torchvision.models import ResNet50_Weights
from torchvision.models.detection import fasterrcnn_resnet50_fpn
from torchvision.ops import box_iou
from torchvision.utils import draw_bounding_boxes, make_grid
from zenml.logger import get_logger

logger = get_logger(__name__)


def folder(path: str) -> None:
    if not os.path.exists(path):
        os.makedirs(path, exist_ok=True)
        logger.info(f"made {path}")


def picture(x: torch.Tensor, mean: float, deviation: float) -> torch.Tensor:
    whole = x.clone().mul_(deviation).add_(mean)
    return torch.from_numpy((torch.clamp(whole, 0, 1) * 255.0).numpy().astype(np.uint8))


def show(measures: dict, part: str, epoch: int = 1):
    table = Table()
    for name in measures:
        table.add_column(name)
    table.add_row(*[str(np.round(value.item(), 4)) for value in measures.values()])
    print(table)
    for name, value in measures.items():
        mlflow.log_metric(f"{part}_{name}", value.item(), epoch)


def boxed(image: torch.Tensor, target: dict, classes: list) -> torch.Tensor:
    return draw_bounding_boxes(image=image, boxes=target["boxes"], labels=[classes[i] for i in target["labels"]])


def save_grid(image: torch.Tensor, known: torch.Tensor, guessed: torch.Tensor, path: str):
    grid = make_grid([image, known, guessed])
    Image.fromarray(grid.permute(1, 2, 0).numpy().astype(np.uint8)).save(path, format="PNG")


def net_of(params, count: int) -> nn.Module:
    weights = ResNet50_Weights.DEFAULT if params.pretrained else None
    return fasterrcnn_resnet50_fpn(weights_backbone=weights, num_classes=count + 1)


def kept(params, model: nn.Module, loss: float, epoch: int) -> tuple:
    path = os.path.join(params.models, f"{params.net}-{epoch}-{loss}.pth")
    torch.save(model, path)
    return epoch, copy.deepcopy(model.state_dict())


def one_epoch(loader: DataLoader, net: nn.Module, optimizer: torch.optim, device: str, epoch: int) -> float:
    net.train(True)
    total = 0.0
    for number, data in enumerate(loader):
        images = [image.to(device) for image in data[0]]
        targets = [{k: v.to(device) for k, v in t.items()} for t in data[1]]
        optimizer.zero_grad()
        losses = sum(net(images, targets).values())
        if not math.isfinite(losses.item()):
            break
        total += losses.item()
        losses.backward()
        optimizer.step()
        mlflow.log_metric("loss", total / (number + 1), epoch)
    return total


def measured(loader: DataLoader, net: nn.Module, device: str):
    net.eval()
    metric = MeanAveragePrecision()
    all_targets, all_guesses = [], []
    with torch.no_grad():
        for images, targets in loader:
            guesses = net([image.to(device) for image in images])
            metric.update(guesses, list(targets))
            all_targets.extend(targets)
            all_guesses.extend(guesses)
    found = metric.compute()
    return {name: found[name] for name in ("map", "map_50", "mar_10")}, all_targets, all_guesses


def confusion(guesses: list, targets: list, cutoff: float, classes: list):
    counts = np.zeros((len(classes), len(classes)))
    for guess, target in zip(guesses, targets):
        overlaps = box_iou(guess["boxes"], target["boxes"])
        for row, column in (overlaps > cutoff).nonzero():
            counts[target["labels"][column], guess["labels"][row]] += 1
    figure = plt.figure(figsize=(12, 7))
    sn.heatmap(pd.DataFrame(counts, index=classes, columns=classes), annot=True)
    return figure
