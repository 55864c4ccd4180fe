"""Trains."""

import argparse
import collections
import os
import sys

import torch
import torch.backends.cudnn
from PIL import Image
from torch.nn import DataParallel
from torch.optim import Adam
from torch.utils.data import DataLoader
from torchvision.transforms import CenterCrop, Normalize, Resize
from tqdm import tqdm

from lawns.config import class_count, load
from lawns.datasets import Stack
from lawns.joint import Both, Chain, MaskToTensor, MaybeFlip, ToMode, ToTensor
from lawns.losses import Entropy2d
from lawns.metrics import Overlap
from lawns.plots import drawn
from lawns.unet import UNet


def add_parser(subparser):
    parser = subparser.add_parser("train", formatter_class=argparse.ArgumentDefaultsHelpFormatter)
    parser.add_argument("--model", required=True)
    parser.add_argument("--dataset", required=True)
    parser.set_defaults(func=main)


def main(args):
    model, dataset = load(args.model), load(args.dataset)
    device = torch.device("cuda" if model["common"]["cuda"] else "cpu")
    if model["common"]["cuda"] and not torch.cuda.is_available():
        sys.exit("no card here")
    os.makedirs(model["common"]["checkpoint"], exist_ok=True)
    classes = class_count(dataset)
    net = UNet(classes).to(device)
    if model["common"]["cuda"]:
        torch.backends.cudnn.benchmark = True
        net = DataParallel(net)
    optimizer = Adam(net.parameters(), lr=model["opt"]["lr"])
    loss = Entropy2d(weight=torch.Tensor(dataset["weights"]["values"])).to(device)
    train_loader, check_loader = loaders(model, dataset)
    history = collections.defaultdict(list)
    for epoch in range(model["opt"]["epochs"]):
        for name, value in train(train_loader, classes, device, net, optimizer, loss).items():
            history["train " + name].append(value)
        for name, value in check(check_loader, classes, device, net, loss).items():
            history["check " + name].append(value)
        drawn(os.path.join(model["common"]["checkpoint"], f"history-{epoch:05d}.png"), history)
        torch.save(net.state_dict(), os.path.join(model["common"]["checkpoint"], f"{epoch:05d}.pth"))


def train(loader, classes, device, net, optimizer, loss_of):
    count, running = 0, 0.0
    overlap = Overlap(range(classes))
    net.train()
    for images, masks, tiles in tqdm(loader, desc="train", unit="batch"):
        images, masks = images.to(device), masks.to(device)
        count += int(images.size(0))
        optimizer.zero_grad()
        outputs = net(images)
        loss = loss_of(outputs, masks)
        loss.backward()
        optimizer.step()
        running += loss.item()
        for mask, output in zip(masks, outputs):
            overlap.add(mask, output.argmax(0))
    return {"loss": running / count, "overlap": overlap.mean()}


def check(loader, classes, device, net, loss_of):
    count, running = 0, 0.0
    overlap = Overlap(range(classes))
    net.eval()
    for images, masks, tiles in tqdm(loader, desc="check", unit="batch"):
        count += int(images.size(0))
        outputs = net(images.to(device))
        running += loss_of(outputs, masks.to(device)).item()
        for mask, output in zip(masks, outputs):
            overlap.add(mask, output.argmax(0))
    return {"loss": running / count, "overlap": overlap.mean()}


def loaders(model, dataset):
    size = (model["common"]["image_size"],) * 2
    path = dataset["common"]["dataset"]
    transform = Chain(
        [
            Both(ToMode("RGB"), ToMode("P")),
            Both(Resize(size, Image.BILINEAR), Resize(size, Image.NEAREST)),
            Both(CenterCrop(size), CenterCrop(size)),
            MaybeFlip(0.5),
            Both(ToTensor(), MaskToTensor()),
            Both(Normalize(mean=[0.485, 0.456, 0.406], std=[0.229, 0.224, 0.225]), lambda mask: mask),
        ]
    )
    sets = [
        Stack([os.path.join(path, part, "images")], os.path.join(path, part, "labels"), transform)
        for part in ("training", "validation")
    ]
    batch = model["common"]["batch_size"]
    return [DataLoader(one, batch_size=batch, shuffle=True, drop_last=True) for one in sets]
