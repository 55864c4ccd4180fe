import os
import sys

sys.path.insert(1, os.path.join(sys.path[0], "../utils"))
import argparse
import logging
import time

import numpy as np
import torch
import torch.optim as optim
import torch.utils.data

import config
from evaluate import Judge
from generators import Balanced, Checked, Clips, Plain, joined
from helping import Mixup, Tally, make_folder, name_of, set_logging
from losses import loss_of
from models import Cnn
from torching import mixed, parameters_of, to_device

MODELS = {"Cnn": Cnn}
SAMPLERS = {"none": Plain, "balanced": Balanced}


def train(args):
    device = torch.device("cuda") if args.cuda and torch.cuda.is_available() else torch.device("cpu")
    loss_function = loss_of(args.loss)
    folder = os.path.join(args.workspace, "checkpoints", args.name)
    make_folder(folder)
    set_logging(os.path.join(args.workspace, "logs", args.name), mode="w")
    model = MODELS[args.kind](rate=config.rate, window=1024, hop=320, mels=64, count=config.count)
    logging.info("parameters: {}".format(parameters_of(model)))
    clips = Clips(config.clip, config.count)
    sampler = SAMPLERS[args.balance](path=args.index, size=args.size)
    loader = torch.utils.data.DataLoader(dataset=clips, batch_sampler=sampler, collate_fn=joined, num_workers=8)
    checked = torch.utils.data.DataLoader(dataset=clips, batch_sampler=Checked(args.check, args.size), collate_fn=joined)
    mixup = Mixup(alpha=1.0)
    judge = Judge(model=model)
    tally = Tally(os.path.join(folder, "tally.pkl"))
    optimizer = optim.Adam(model.parameters(), lr=args.rate, amsgrad=True)
    model = torch.nn.DataParallel(model).to(device)
    begun = time.time()
    for step, batch in enumerate(loader):
        if step % 2000 == 0:
            scores = judge.judged(checked)
            logging.info("mAP: {:.3f}".format(np.mean(scores["precision"])))
            tally.add(step, scores, kind="test")
            tally.dump()
        if step % 100000 == 0:
            torch.save({"step": step, "model": model.module.state_dict()}, os.path.join(folder, f"{step}.pth"))
        lam = to_device(mixup.draw(len(batch["wave"])), device)
        model.train()
        out = model(to_device(batch["wave"], device), lam)
        loss = loss_function(out, {"target": mixed(to_device(batch["target"], device), lam)})
        loss.backward()
        optimizer.step()
        optimizer.zero_grad()
        if step == args.stop:
            break
    logging.info("{:.3f} s".format(time.time() - begun))


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--workspace", required=True)
    given = parser.parse_args()
    given.name = name_of(__file__)
    train(given)
