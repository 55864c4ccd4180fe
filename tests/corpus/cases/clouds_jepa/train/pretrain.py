import glob
import os
import re

import hydra
import numpy as np
import pytorch_lightning as pl
import torch
from omegaconf import DictConfig
from pytorch_lightning.callbacks import LearningRateMonitor
from pytorch_lightning.loggers import WandbLogger
from torch.utils.data import DataLoader, Dataset

from buckets import fetched
from networks import Jepa
from watching.best import AtBest


class Clouds(pl.LightningDataModule):
    def __init__(self, folder: str, batch: int):
        super().__init__()
        self.folder, self.batch = folder, batch

    def setup(self, stage=None):
        self.files = glob.glob(os.path.join(self.folder, "*.npz"))
        if not self.files:
            raise FileNotFoundError(self.folder)

    def train_dataloader(self):
        class Points(Dataset):
            def __init__(self, files):
                self.files = files

            def __len__(self):
                return len(self.files)

            def __getitem__(self, i):
                held = np.load(self.files[i])
                return torch.from_numpy(held[held.files[0]]).float(), 0

        return DataLoader(Points(self.files), batch_size=self.batch, shuffle=True)


def epoch_of(name):
    match = re.search(r"epoch=(\d+)-", name)
    return int(match.group(1)) if match else 0


@hydra.main(config_path="../configs", config_name="pretrain", version_base=None)
def main(cfg: DictConfig):
    os.makedirs(cfg.weights.folder, exist_ok=True)
    weights = fetched(cfg.weights.bucket, cfg.weights.name, os.path.join(cfg.weights.folder, cfg.weights.name))
    trainer = pl.Trainer(
        logger=WandbLogger(project=cfg.logger.project, name=cfg.logger.name),
        max_epochs=epoch_of(cfg.weights.name) + cfg.weights.more,
        callbacks=[LearningRateMonitor(logging_interval="epoch"), AtBest()],
    )
    trainer.fit(Jepa(**cfg.network), Clouds(cfg.data.folder, cfg.data.batch), ckpt_path=weights)


if __name__ == "__main__":
    main()
