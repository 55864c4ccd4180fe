"""Steps that learn to find what is on a card."""

import io
import os

import mlflow
import onnx
import torch
from torch import nn
from torch.optim.lr_scheduler import CosineAnnealingLR
from torch.utils.data import DataLoader
from zenml.logger import get_logger
from zenml.steps import BaseParameters, Output, step

from steps.src.cards import Cards
from steps.src.checked import CheckedCards
from steps.src.nets import confusion, folder, kept, measured, net_of, one_epoch, show
from steps.src.transforms import changed, plain

logger = get_logger(__name__)
device = "cuda" if torch.cuda.is_available() else "cpu"


class LearnParameters(BaseParameters):
    root: str
    models: str
    net: str
    pretrained: bool
    rate: float
    epochs: int
    size: int
    cutoff: float


def noted(params: LearnParameters) -> None:
    mlflow.log_param("device", device)
    mlflow.log_param("net", params.net)
    mlflow.log_text(str(params.root), "root.txt")


@step
def loaders(
    params: LearnParameters,
) -> Output(train_loader=DataLoader, test_loader=DataLoader, classes=list):
    train = Cards(params.root, "train", transform=changed(params.size, 0.0, 1.0))
    test = Cards(params.root, "test", transform=plain(params.size, 0.0, 1.0))
    train_loader = DataLoader(train, batch_size=4, shuffle=True, collate_fn=train.together)
    test_loader = DataLoader(test, batch_size=4, collate_fn=test.together)
    images, targets = next(iter(train_loader))
    logger.info(f"{images[0].size()} {targets[0]['boxes'].size()}")
    noted(params)
    return train_loader, test_loader, list(train.labels)


@step
def check(params: LearnParameters, train_loader: DataLoader, test_loader: DataLoader, classes: list) -> Output():
    names = dict(enumerate(classes))
    model = net_of(params, len(classes))
    model.eval()
    for loader in (train_loader, test_loader):
        CheckedCards(data_loader=loader, label_map=names).validate_format(model, device=device)


@step
def fit(params: LearnParameters, train_loader: DataLoader, test_loader: DataLoader, classes: list) -> Output(model=nn.Module):
    folder(params.models)
    model = net_of(params, len(classes))
    noted(params)
    optimizer = torch.optim.SGD([p for p in model.parameters() if p.requires_grad], lr=params.rate)
    scheduler = CosineAnnealingLR(optimizer, 10, last_epoch=-1)
    best, weights = float("-inf"), None
    for epoch in range(params.epochs):
        loss = one_epoch(train_loader, model, optimizer, device, epoch)
        scheduler.step()
        measures, _, _ = measured(test_loader, model, device)
        show(measures, "val", epoch=epoch)
        if measures["map"] > best:
            best = measures["map"]
            _, weights = kept(params, model, loss, epoch)
    model.load_state_dict(weights)
    mlflow.pytorch.log_model(model, "cards")
    return model


@step
def judge(params: LearnParameters, model: nn.Module, test_loader: DataLoader, classes: list) -> Output():
    measures, targets, guesses = measured(test_loader, model, device)
    show(measures, "test")
    figure = confusion(guesses, targets, params.cutoff, classes)
    mlflow.log_figure(figure, "confusion.png")


@step
def export(params: LearnParameters, model: nn.Module) -> Output(onnx_bytes=bytes):
    model.to(device)
    model.eval()
    dummy = torch.randn(1, 3, params.size, params.size).to(device)
    with io.BytesIO() as f:
        torch.onnx.export(model, dummy, f, verbose=False, input_names=["image"], output_names=["scores"])
        onnx_bytes = f.getvalue()
    mlflow.onnx.log_model(onnx.load_from_string(onnx_bytes), "cards_onnx")
    return onnx_bytes
