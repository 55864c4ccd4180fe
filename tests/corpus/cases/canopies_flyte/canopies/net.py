import pytorch_lightning as pl
import torch
from torch.utils.data import DataLoader
from torchgeo.datasets import RasterDataset
from torchmetrics.detection import MeanAveragePrecision
from transformers import Mask2FormerForUniversalSegmentation

from canopies.settings import Settings


def seed_all(seed: int) -> None:
    pl.seed_everything(seed, workers=True)


class Canopies(pl.LightningModule):
    def __init__(self, settings: Settings):
        super().__init__()
        self.settings = settings
        self.net = Mask2FormerForUniversalSegmentation.from_pretrained("facebook/mask2former-swin-tiny-ade-semantic")
        self.score = MeanAveragePrecision(iou_type="segm")

    def training_step(self, batch, number):
        loss = self.net(pixel_values=batch["image"], mask_labels=batch["mask"]).loss
        self.log("loss", loss)
        return loss

    def configure_optimizers(self):
        return torch.optim.AdamW(self.parameters(), lr=self.settings.rate)


class Chips(pl.LightningDataModule):
    def __init__(self, settings: Settings):
        super().__init__()
        self.settings = settings

    def train_dataloader(self):
        return DataLoader(RasterDataset(self.settings.root / "train"), batch_size=self.settings.batch)
