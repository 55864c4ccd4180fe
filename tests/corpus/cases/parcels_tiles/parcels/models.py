"""The task that was trained: a network of segmentation_models, its losses and its pictures."""
from typing import Any

import matplotlib.pyplot as plt
import segmentation_models_pytorch as smp
import torch
import torch.nn as nn
from lightning.pytorch import LightningModule
from torch import Tensor
from torch.optim.lr_scheduler import CosineAnnealingLR
from torchmetrics import MetricCollection
from torchmetrics.classification import MulticlassAccuracy, MulticlassJaccardIndex


class LogCosh(nn.Module):
    def __init__(self, classes):
        super().__init__()
        self.dice = smp.losses.DiceLoss("multiclass", classes=classes)

    def forward(self, said, true):
        return torch.log(torch.cosh(self.dice(said, true)))


class Segmenter(LightningModule):
    def __init__(self, backbone: str = "efficientnet-b3", classes: int = 3, lr: float = 1e-3, loss: str = "ce", **kwargs: Any) -> None:
        super().__init__()
        self.save_hyperparameters()
        self.net = smp.Unet(encoder_name=backbone, in_channels=8, classes=classes)
        self.loss_of = LogCosh([1, 2]) if loss == "cosh" else nn.CrossEntropyLoss(ignore_index=3)
        self.scores = MetricCollection([MulticlassAccuracy(classes), MulticlassJaccardIndex(classes)], prefix="val_")

    def forward(self, images: Tensor) -> Tensor:
        return self.net(images)

    def training_step(self, batch: Any, number: int) -> Tensor:
        loss = self.loss_of(self(batch["image"]), batch["mask"])
        self.log("train_loss", loss)
        return loss

    def validation_step(self, batch: Any, number: int) -> None:
        out = self(batch["image"])
        self.scores(out.argmax(dim=1), batch["mask"])
        self.log_dict(self.scores)
        if number < 3 and hasattr(self.logger, "experiment"):
            self.logger.experiment.add_figure(f"image/{number}", self.picture(batch["image"][0], out[0]), global_step=self.global_step)

    def picture(self, image, mask):
        figure, axes = plt.subplots(1, 2)
        axes[0].imshow(image[:3].permute(1, 2, 0).cpu().numpy())
        axes[1].imshow(mask.argmax(dim=0).cpu().numpy())
        return figure

    def configure_optimizers(self):
        optimizer = torch.optim.AdamW(self.net.parameters(), lr=self.hparams["lr"])
        return {"optimizer": optimizer, "lr_scheduler": {"scheduler": CosineAnnealingLR(optimizer, T_max=50)}}


def registered(name):
    table = {"fcsiam": lambda: smp.Unet("resnet18"), "segmenter": Segmenter}
    return table[name]()
