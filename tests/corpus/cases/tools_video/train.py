"""Which tools are in a frame: one fold trained, then the pool asked for what is worth labelling."""
import argparse
import gc
import json
import os
import pickle
import sys
from types import SimpleNamespace

import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import torch
from monai.bundle import ConfigParser
from monai.data import decollate_batch
from monai.inferers import sliding_window_inference
from monai.losses import DiceLoss
from monai.metrics import ConfusionMatrixMetric, DiceMetric
from monai.networks.nets import EfficientNetBN, FlexibleUNet
from torch.cuda.amp import GradScaler, autocast
from torch.utils.tensorboard import SummaryWriter
from tqdm import tqdm

from data import Frames, after, loader_of, mixed, seeded, volumes

DEVICE = torch.device("cuda" if torch.cuda.is_available() else "cpu")


def settings(path, **more):
    parser = ConfigParser()
    parser.read_config(path)
    parser.parse()
    return SimpleNamespace(**{**parser.get_parsed_content("cfg"), **more})


def folds(cfg):
    df = pd.read_csv(cfg.table)
    cfg.labels = df.columns.values[4:18]
    seldom = df[(df["suction"] > 0) | (df["grasper"] > 0)]
    train = pd.concat([df[df["fold"] != cfg.fold]] + [seldom[seldom["fold"] != cfg.fold]] * cfg.oversample)
    return train, df[df["fold"] == cfg.fold]


def classifier(cfg):
    model = torch.nn.DataParallel(EfficientNetBN(model_name=cfg.backbone, pretrained=True, num_classes=cfg.classes))
    if cfg.weights is not None:
        model.load_state_dict(torch.load(os.path.join(cfg.out, cfg.weights), weights_only=True)["model"])
    return model.to(DEVICE)


def weights_of(df, labels):
    counts = list(df[labels].sum())
    return [df.shape[0] / (count * len(labels)) if count > 0 else 1 for count in counts]


def trained(model, loader, optimizer, scheduler, scaler, loss_of):
    model.train()
    losses = []
    bar = tqdm(loader)
    for batch in bar:
        inputs, labels = batch["input"].to(DEVICE), batch["label"].to(DEVICE)
        torch.set_grad_enabled(True)
        with autocast():
            if torch.rand(1) > 0.5:
                inputs, one, two, share = mixed(inputs, labels)
                outputs = model(inputs)
                loss = share * loss_of(outputs, one) + (1 - share) * loss_of(outputs, two)
            else:
                loss = loss_of(model(inputs), labels)
        losses.append(loss.item())
        scaler.scale(loss).backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        scaler.step(optimizer)
        scaler.update()
        optimizer.zero_grad()
        scheduler.step()
        bar.set_description(f"{np.mean(losses):.2f}")
    return losses


def judged(model, loader, writer, epoch, metric):
    model.eval()
    torch.set_grad_enabled(False)
    for batch in tqdm(loader):
        said = (torch.sigmoid(model(batch["input"].to(DEVICE))) > 0.4).float()
        metric(said, batch["label"].to(DEVICE))
    score = torch.mean(metric.aggregate()[0]).item()
    metric.reset()
    writer.add_scalar("F1", score, epoch)
    return score


def checkpoint(model, optimizer, epoch, scheduler=None, scaler=None):
    out = {"model": model.state_dict(), "optimizer": optimizer.state_dict(), "epoch": epoch}
    if scheduler is not None:
        out["scheduler"] = scheduler.state_dict()
    if scaler is not None:
        out["scaler"] = scaler.state_dict()
    return out


def fold(cfg):
    seeded(cfg.seed)
    train, held = folds(cfg)
    loader = loader_of(Frames(cfg, train), cfg)
    held_loader = loader_of(Frames(cfg, held, mode="val"), cfg, train=False)
    model = classifier(cfg)
    optimizer = torch.optim.AdamW(model.parameters(), lr=cfg.lr)
    scheduler = torch.optim.lr_scheduler.OneCycleLR(optimizer, max_lr=cfg.lr, total_steps=cfg.epochs * len(loader))
    loss_of = torch.nn.BCEWithLogitsLoss(weight=torch.as_tensor(weights_of(train, cfg.labels)).to(DEVICE))
    metric = ConfusionMatrixMetric(metric_name="F1", reduction="mean_batch")
    scaler, writer = GradScaler(), SummaryWriter(f"{cfg.out}/fold{cfg.fold}")
    best, curve = judged(model, held_loader, writer, -1, metric), []
    for epoch in range(cfg.epochs):
        gc.collect()
        curve += trained(model, loader, optimizer, scheduler, scaler, loss_of)
        score = judged(model, held_loader, writer, epoch, metric)
        if score > best:
            best = score
            torch.save(checkpoint(model, optimizer, epoch, scheduler, scaler), f"{cfg.out}/best.pth")
    drawn(curve, f"{cfg.out}/curve.png")
    return best


def drawn(curve, path):
    smooth = pd.Series(curve).rolling(20).mean()
    figure, axes = plt.subplots()
    axes.plot(smooth)
    figure.savefig(path)
    plt.close(figure)


def segmenter(labels, dropout=0.2):
    return FlexibleUNet(in_channels=3, out_channels=labels, backbone="efficientnet-b0", pretrained=True, dropout=dropout).to(DEVICE)


def dice_of(network, loader, labels):
    metric = DiceMetric(include_background=False, reduction="mean")
    post = after(labels)
    network.eval()
    with torch.no_grad():
        for batch in loader:
            said = sliding_window_inference(batch["image"].to(DEVICE), (480, 480), 4, network)
            metric(y_pred=[post(one) for one in decollate_batch(said)], y=batch["label"])
    return metric.aggregate().item()


def unsure(network, images, rounds):
    network.train()
    seen = np.stack([torch.softmax(network(images), dim=1).detach().cpu().numpy() for _ in range(rounds)])
    return variance(seen)


def variance(seen):
    mean = np.mean(seen, axis=0)
    entropy = -np.sum(mean * np.log(mean + 1e-5), axis=0)
    return {"variance": np.var(seen, axis=0).mean(), "entropy": entropy.mean()}


def asked(network, loader, rounds, most):
    scores = {}
    for batch in loader:
        scores[batch["image"].meta["filename_or_obj"][0]] = unsure(network, batch["image"].to(DEVICE), rounds)
    order = sorted(scores, key=lambda name: scores[name]["variance"], reverse=True)
    return order[:most]


def pool(cfg, path):
    network = segmenter(cfg.labels)
    loss_of = DiceLoss(softmax=True, to_onehot_y=True)
    optimizer = torch.optim.Adam(network.parameters(), cfg.lr)
    for batch in volumes(path, "training", train=True):
        optimizer.zero_grad()
        loss_of(network(batch["image"].to(DEVICE)), batch["label"].to(DEVICE)).backward()
        optimizer.step()
    score = dice_of(network, volumes(path, "validation", train=False), cfg.labels)
    chosen = asked(network, volumes(path, "unlabeled", train=False), cfg.rounds, cfg.queries)
    kept(score, chosen, cfg.out)
    return chosen


def kept(score, chosen, folder):
    with open(os.path.join(folder, "chosen.json"), "w") as file:
        json.dump({"dice": score, "chosen": chosen}, file)
    with open(os.path.join(folder, "chosen.pkl"), "wb") as file:
        pickle.dump(chosen, file)


if __name__ == "__main__":
    sys.path.append("configs")
    reader = argparse.ArgumentParser()
    reader.add_argument("--config", default="effnet.yaml")
    reader.add_argument("--fold", type=int, default=0)
    given, _ = reader.parse_known_args()
    config = settings(given.config, fold=given.fold)
    print(fold(config))
    pool(config, config.pool)
