import random
from pathlib import Path

import lightning as L
import torch
import torchaudio
from torch.utils.data import DataLoader, Dataset

from .config import Config


class Clips(Dataset):
    def __init__(self, folder, rate, seconds=4.0):
        self.paths = sorted(Path(folder).glob("**/*.wav"))
        self.rate = rate
        self.length = int(seconds * rate)

    def __len__(self):
        return len(self.paths)

    def __getitem__(self, at):
        wave, rate = torchaudio.load(str(self.paths[at]))
        if rate != self.rate:
            wave = torchaudio.functional.resample(wave, rate, self.rate)
        start = random.randint(0, max(0, wave.shape[-1] - self.length))
        return torch.nn.functional.pad(wave[0, start : start + self.length], (0, 0))


class Speech(L.LightningDataModule):
    def __init__(self, config: Config):
        super().__init__()
        self.config = config

    def setup(self, stage=None):
        clips = Clips(self.config.folder, self.config.rate)
        self.train, self.rest = torch.utils.data.random_split(clips, [0.9, 0.1])

    def train_dataloader(self):
        return DataLoader(self.train, batch_size=self.config.batch, shuffle=True)

    def val_dataloader(self):
        return DataLoader(self.rest, batch_size=4)
