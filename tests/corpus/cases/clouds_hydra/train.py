"""Names clouds: Lightning by Hydra's settings, backbones of timm."""

import logging
from typing import Any, Optional

import hydra
import lightning as L
import pandas as pd
import timm
import torch
from lightning.pytorch.callbacks import DeviceStatsMonitor, EarlyStopping, ModelCheckpoint, RichProgressBar
from lightning.pytorch.loggers import CSVLogger, MLFlowLogger, TensorBoardLogger, WandbLogger
from omegaconf import DictConfig, OmegaConf
from PIL import Image
from torch.utils.data import DataLoader, Dataset
from torchmetrics import MetricCollection
from torchmetrics.classification import MulticlassAccuracy, MulticlassF1Score

log = logging.getLogger(__name__)


class Skies(Dataset):
    def __init__(self, rows: pd.DataFrame, change):
        self.rows = rows.reset_index(drop=True)
        self.change = change

    def __len__(self):
        return len(self.rows)

    def __getitem__(self, at):
        row = self.rows.iloc[at]
        return self.change(Image.open(row["path"]).convert("RGB")), int(row["kind"])


class SkyData(L.LightningDataModule):
    def __init__(self, table: str, model: str, batch: int = 32):
        super().__init__()
        self.save_hyperparameters()

    def setup(self, stage: Optional[str] = None):
        rows = pd.read_csv(self.hparams.table)
        settings = timm.data.resolve_model_data_config(timm.create_model(self.hparams.model))
        self.train = Skies(rows[rows["part"] == "train"], timm.data.create_transform(**settings, is_training=True))
        self.test = Skies(rows[rows["part"] == "test"], timm.data.create_transform(**settings))

    def train_dataloader(self):
        return DataLoader(self.train, batch_size=self.hparams.batch, shuffle=True)

    def val_dataloader(self):
        return DataLoader(self.test, batch_size=self.hparams.batch)


class SkyNet(L.LightningModule):
    def __init__(self, model: str, kinds: int, rate: float = 3e-4):
        super().__init__()
        self.save_hyperparameters()
        self.net = timm.create_model(model, pretrained=True, num_classes=kinds)
        self.loss = torch.nn.CrossEntropyLoss(label_smoothing=0.1)
        scores = MetricCollection({"accuracy": MulticlassAccuracy(kinds), "f1": MulticlassF1Score(kinds)})
        self.scores = scores.clone(prefix="val/")

    def forward(self, x):
        return self.net(x)

    def training_step(self, batch, at):
        x, y = batch
        loss = self.loss(self(x), y)
        self.log("train/loss", loss)
        return loss

    def validation_step(self, batch, at):
        x, y = batch
        self.scores.update(self(x), y)

    def on_validation_epoch_end(self):
        self.log_dict(self.scores.compute())
        self.scores.reset()

    def configure_optimizers(self):
        optimizer = timm.optim.create_optimizer_v2(self.net, opt="adamw", lr=self.hparams.rate)
        return [optimizer], [torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, 20)]


def loggers(cfg: DictConfig) -> list:
    found: list[Any] = [CSVLogger("logs")]
    if cfg.get("board"):
        found.append(TensorBoardLogger("logs", default_hp_metric=False))
    if cfg.get("wandb"):
        found.append(WandbLogger(project="clouds", log_model=True))
    if cfg.get("mlflow"):
        found.append(MLFlowLogger(experiment_name="clouds"))
    return found


def followers() -> list:
    return [
        ModelCheckpoint(monitor="val/f1", mode="max"),
        EarlyStopping("val/f1", mode="max", patience=4),
        RichProgressBar(),
        DeviceStatsMonitor(cpu_stats=True),
    ]


def trained(cfg: DictConfig):
    L.seed_everything(cfg.get("seed", 1), workers=True)
    data = SkyData(cfg.table, cfg.model)
    net = SkyNet(cfg.model, cfg.kinds)
    trainer = L.Trainer(max_epochs=cfg.epochs, logger=loggers(cfg), callbacks=followers(), precision="16-mixed")
    log.info(OmegaConf.to_yaml(cfg))
    trainer.fit(net, datamodule=data)
    return trainer.callback_metrics, trainer.checkpoint_callback.best_model_path


def exported(path: str, kinds: int, out: str):
    net = SkyNet.load_from_checkpoint(path, kinds=kinds).eval()
    torch.onnx.export(net, torch.rand(1, 3, 224, 224), out, dynamo=True)


@hydra.main(version_base="1.3", config_path="conf", config_name="train")
def main(cfg: DictConfig) -> float:
    scores, best = trained(cfg)
    exported(best, cfg.kinds, "clouds.onnx")
    return scores["val/f1"].item()


if __name__ == "__main__":
    main()
