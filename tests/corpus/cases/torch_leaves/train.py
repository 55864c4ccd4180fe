import argparse
import os
import random

import numpy as np
import torch
import torch.nn.functional as F
from torch.optim import SGD
from torch.utils.tensorboard import SummaryWriter
from tqdm import tqdm

from leaves.data import loaders
from leaves.models import parameters_of, registered

try:
    import wandb
except ImportError:
    wandb = None

DEVICE = "cuda" if torch.cuda.is_available() else "cpu"


def seed(number: int = 7) -> None:
    random.seed(number)
    np.random.seed(number)
    torch.manual_seed(number)


def one_epoch(model, loader, optimizer):
    model.train()
    losses = []
    for pictures, names in tqdm(loader):
        optimizer.zero_grad()
        loss = F.cross_entropy(model(pictures.to(DEVICE)), names.to(DEVICE))
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    return float(np.mean(losses))


@torch.no_grad()
def accuracy(model, loader):
    model.eval()
    hits = [(model(pictures).argmax(1) == names).float().mean().item() for pictures, names in loader]
    return sum(hits) / len(hits)


def step_size(optimizer):
    return optimizer.param_groups[0]["lr"]


def keep(model, path):
    torch.save(model.state_dict(), path)


def size_on_disk(path):
    return os.path.getsize(path)


def describe(model):
    return f"{parameters_of(model)} parameters"


class Meter:
    def __init__(self, folder):
        self.writer = SummaryWriter(folder)
        self.best = 0.0

    def add(self, name, value, epoch):
        self.writer.add_scalar(name, value, epoch)
        self.best = max(self.best, value)

    def percent(self):
        return f"{self.best:.0%}"


def main(arguments):
    seed()
    train, test = loaders(arguments.folder)
    model = registered[arguments.model](arguments.classes).to(DEVICE)
    optimizer = SGD(model.parameters(), lr=0.1)
    meter = Meter("runs")
    for epoch in range(arguments.epochs):
        one_epoch(model, train, optimizer)
        meter.add("accuracy", accuracy(model, test), epoch)
        print(step_size(optimizer), describe(model))
        if wandb is not None:
            wandb.log({"best": meter.best})
    keep(model, "leaves.pt")
    print(size_on_disk("leaves.pt"), meter.percent())


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("folder")
    parser.add_argument("--model", default="small")
    parser.add_argument("--classes", type=int, default=5)
    parser.add_argument("--epochs", type=int, default=3)
    main(parser.parse_args())
