import argparse
import logging
import os
import time

import torch
from accelerate import Accelerator, DistributedDataParallelKwargs
from torch.utils.data import DataLoader
from torch.utils.tensorboard import SummaryWriter

from datasets.clips import Clips
from helping.checkpoints import build_optimizer, load_weights, saved
from helping.told import Silent, told
from losses import VideoLoss, mask_loss
from network import Human


def from_static(network: torch.nn.Module, path: str, logger):
    if path and os.path.exists(path):
        load_weights(network, path, logger)
    else:
        logger.info("no weights to begin with")


def freeze(network: torch.nn.Module, logger):
    names = []
    for name, weight in network.named_parameters():
        if name.startswith("pretrained."):
            weight.requires_grad = False
            names.append(name)
    logger.info("frozen: %s", names)


def arguments():
    ap = argparse.ArgumentParser()
    ap.add_argument("--list", required=True)
    ap.add_argument("--to", default="out")
    ap.add_argument("--static", default="")
    ap.add_argument("--steps", type=int, default=35000)
    ap.add_argument("--half", action="store_true")
    return ap.parse_args()


def main():
    args = arguments()
    accelerator = Accelerator(mixed_precision="fp16" if args.half else "no", kwargs_handlers=[DistributedDataParallelKwargs(find_unused_parameters=True)])
    if accelerator.is_main_process:
        writer, logger = SummaryWriter(log_dir=args.to), told("train", logging.INFO)
    else:
        writer, logger = None, Silent()
    loader = DataLoader(Clips(args.list, (512, 512), 32), batch_size=1, shuffle=True, num_workers=8)
    network = Human(32)
    from_static(network, args.static, logger)
    freeze(network, logger)
    optimizer = build_optimizer(network, 1e-4)
    schedule = torch.optim.lr_scheduler.LinearLR(optimizer, start_factor=0.01, total_iters=2000)
    loss = VideoLoss(accelerator.device).to(accelerator.device)
    network, optimizer, loader, schedule = accelerator.prepare(network, optimizer, loader, schedule)
    step, started = 0, time.time()
    while step < args.steps:
        for sample in loader:
            with accelerator.accumulate(network):
                out = network(sample["image"])
                total = loss(out["depth"], sample["depth"]) + mask_loss(out["mask"], sample["mask"]) * 0.05
                accelerator.backward(total)
                optimizer.step()
                schedule.step()
                optimizer.zero_grad()
            step += 1
            if step % 50 == 0 and writer:
                logger.info("%d: %.4f, %.0f s", step, total.item(), time.time() - started)
                writer.add_scalar("loss", total.item(), step)
            if step % 1000 == 0:
                saved(accelerator, network, step, args.to)
    if writer:
        writer.close()


if __name__ == "__main__":
    main()
