import argparse
import datetime
import logging
import os
import time
import warnings
from pathlib import Path

import torch
from accelerate import Accelerator, DistributedDataParallelKwargs
from torch.utils.data import DataLoader
from torch.utils.tensorboard import SummaryWriter

from datasets.clips import Clips
from parts.helper import Silent, keep, log_of, optimizer_of, seeded
from parts.model import Deep, Loss

warnings.filterwarnings("ignore")


def begin_with(model: torch.nn.Module, path: str, log):
    if path and os.path.exists(path):
        model.load_state_dict(torch.load(path, map_location="cpu"))
    else:
        log.info("from nothing")


def freeze(model: torch.nn.Module, log):
    names = []
    for name, parameter in model.named_parameters():
        if name.startswith("seen."):
            parameter.requires_grad = False
            names.append(name)
    log.info(f"{len(names)} frozen")


def main():
    here = Path(__file__).resolve().parent
    parser = argparse.ArgumentParser()
    parser.add_argument("--listed", required=True)
    parser.add_argument("--root", required=True)
    parser.add_argument("--begin", default="")
    parser.add_argument("--out", default=str(here / "out"))
    parser.add_argument("--most", type=int, default=1000)
    given = parser.parse_args()
    seeded(7)
    accelerator = Accelerator(
        mixed_precision="no", kwargs_handlers=[DistributedDataParallelKwargs(find_unused_parameters=True)]
    )
    if accelerator.is_main_process:
        os.makedirs(given.out, exist_ok=True)
        writer = SummaryWriter(log_dir=given.out)
        log = log_of("train", logging.INFO)
        writer.add_text("given", str(vars(given)))
    else:
        writer = None
        log = Silent()

    loader = DataLoader(Clips(given.listed, given.root, mode="train"), batch_size=1, shuffle=True, num_workers=4)
    model = Deep(frames=16)
    begin_with(model, given.begin, log)
    freeze(model, log)
    settings = {"type": "AdamW", "groups": [{"names": "over_time*", "lr": 1e-4}, {"names": "head*", "lr": 1e-3}]}
    optimizer = optimizer_of(model, settings)
    slower = torch.optim.lr_scheduler.PolynomialLR(optimizer, total_iters=given.most)
    loss_of = Loss().to(accelerator.device)
    model, optimizer, loader, slower = accelerator.prepare(model, optimizer, loader, slower)
    step = 0
    began = time.time()
    while step < given.most:
        for sample in loader:
            with accelerator.accumulate(model):
                loss = loss_of(model(sample["image"])["depth"], sample["depth"])
                accelerator.backward(loss)
                optimizer.step()
                optimizer.zero_grad()
                slower.step()
            step += 1
            if step % 50 == 0 and writer:
                left = (time.time() - began) / step * (given.most - step)
                log.info(f"{step}: {loss.item():.4f}, {datetime.timedelta(seconds=int(left))} left")
                writer.add_scalar("loss", loss.item(), step)
            if step >= given.most:
                break
    if accelerator.is_main_process and writer:
        keep(accelerator, model, step, given.out)
        writer.close()


if __name__ == "__main__":
    main()
