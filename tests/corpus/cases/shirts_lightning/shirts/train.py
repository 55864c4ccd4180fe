"""Trains with Lightning."""

import argparse
import os
from pathlib import Path

import pytorch_lightning as pl
import segmentation_models_pytorch as smp
import torch
import yaml
from addict import Dict as Adict
from pytorch_lightning.callbacks import EarlyStopping, ModelCheckpoint
from pytorch_lightning.loggers import WandbLogger
from torch.utils.data import DataLoader

from shirts.losses import Focal, Jaccard
from shirts.metrics import average, mean_iou
from shirts.samples import samples
from shirts.sets import Shirts, changes

image_path = Path(os.environ.get("IMAGE_PATH", "images"))
mask_path = Path(os.environ.get("MASK_PATH", "masks"))


def get_args():
    parser = argparse.ArgumentParser()
    arg = parser.add_argument
    arg("-c", "--config", type=Path, required=True)
    return parser.parse_args()


class Segmented(pl.LightningModule):
    def __init__(self, hparams):
        super().__init__()
        self.settings = hparams
        self.model = smp.Unet(hparams["encoder"], classes=1)
        self.losses = [("jaccard", 0.1, Jaccard()), ("focal", 0.9, Focal())]

    def forward(self, batch: torch.Tensor) -> torch.Tensor:
        return self.model(batch)

    def setup(self, stage=None):
        found = samples(image_path, mask_path)
        kept = int((1 - self.settings["check"]) * len(found))
        self.train_samples, self.check_samples = found[:kept], found[kept:]

    def train_dataloader(self):
        told = Shirts(self.train_samples, changes(self.settings["size"], train=True), self.settings["length"])
        return DataLoader(told, batch_size=self.settings["batch"], shuffle=True, drop_last=True)

    def val_dataloader(self):
        told = Shirts(self.check_samples, changes(self.settings["size"], train=False))
        return DataLoader(told, batch_size=self.settings["batch"], shuffle=False)

    def configure_optimizers(self):
        optimizer = torch.optim.AdamW([p for p in self.model.parameters() if p.requires_grad], lr=self.settings["rate"])
        return [optimizer], [torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, T_max=10)]

    def training_step(self, batch, i):
        logits = self.forward(batch["features"])
        total = 0
        for name, weight, loss in self.losses:
            one = loss(logits, batch["masks"])
            total += weight * one
            self.log(f"train_{name}", one)
        return total

    def validation_step(self, batch, i):
        logits = self.forward(batch["features"])
        told = {f"check_{name}": loss(logits, batch["masks"]) for name, _, loss in self.losses}
        told["iou"] = mean_iou(logits, batch["masks"])
        return told

    def validation_epoch_end(self, outputs):
        self.log("iou", average(outputs, "iou"))

    def exported(self, path):
        import onnx

        torch.onnx.export(self.model, torch.zeros(1, 3, 64, 64), path)
        onnx.checker.check_model(onnx.load(path))


def settings_of(path):
    with open(path) as text:
        return Adict(yaml.load(text, Loader=yaml.SafeLoader))


def trainer_of(settings):
    return pl.Trainer(
        max_epochs=settings.epochs,
        logger=WandbLogger(project="shirts"),
        callbacks=[ModelCheckpoint(monitor="iou"), EarlyStopping("iou", patience=3)],
    )


def main():
    args = get_args()
    settings = settings_of(args.config)
    pl.seed_everything(1984)
    model = Segmented(settings)
    trainer_of(settings).fit(model)


if __name__ == "__main__":
    main()
