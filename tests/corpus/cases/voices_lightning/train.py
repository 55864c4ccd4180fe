import argparse
import os

import lightning as L
import torch
from lightning.pytorch.callbacks import Callback, LearningRateMonitor, ModelCheckpoint
from lightning.pytorch.loggers import TensorBoardLogger

try:
    from lightning.pytorch.loggers import WandbLogger
except Exception:
    WandbLogger = None

from livevoice.config import Config
from livevoice.data import Speech
from livevoice.model import Content, Decoder, Voice


class EveryFew(Callback):
    def __init__(self, folder: str, every: int = 5):
        super().__init__()
        self.folder = folder
        self.every = every

    def on_train_epoch_end(self, trainer, module):
        if (trainer.current_epoch + 1) % self.every == 0:
            os.makedirs(self.folder, exist_ok=True)
            trainer.save_checkpoint(os.path.join(self.folder, f"{trainer.current_epoch}.ckpt"))


def parse_args():
    parser = argparse.ArgumentParser()
    parser.add_argument("--name", default="base")
    parser.add_argument("--seed", type=int, default=42)
    parser.add_argument("--wandb", action="store_true")
    return parser.parse_args()


def logger_of(config, wandb):
    folder = os.path.join(config.out, "logs")
    if wandb and WandbLogger is not None:
        return WandbLogger(project="voices", name=config.name, save_dir=folder)
    return TensorBoardLogger(folder, name=config.name)


def callbacks_of(config):
    folder = os.path.join(config.out, config.name)
    return [ModelCheckpoint(dirpath=folder, save_last=True), LearningRateMonitor("step"), EveryFew(folder)]


def model_of(config):
    return Voice(config, Content(), Decoder(config.layers))


def counted(model):
    return sum(one.numel() for one in model.parameters() if one.requires_grad)


def main():
    args = parse_args()
    L.seed_everything(args.seed)
    config = Config(name=args.name)
    model = model_of(config)
    print(f"{counted(model) / 1e6:.1f} M")
    trainer = L.Trainer(max_epochs=config.epochs, logger=logger_of(config, args.wandb), callbacks=callbacks_of(config))
    trainer.fit(model, Speech(config))
    torch.save(model.decoder.state_dict(), os.path.join(config.out, "decoder.pt"))


if __name__ == "__main__":
    main()
