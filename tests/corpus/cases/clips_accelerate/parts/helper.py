import fnmatch
import logging
import os
import random

import numpy as np
import torch


def seeded(number):
    random.seed(number)
    np.random.seed(number)
    torch.manual_seed(number)


def log_of(name, level=logging.INFO):
    log = logging.getLogger(name)
    log.setLevel(level)
    log.addHandler(logging.StreamHandler())
    return log


class Silent:
    def info(self, *words):
        pass


def optimizer_of(model, settings):
    groups = []
    for one in settings["groups"]:
        chosen = [p for name, p in model.named_parameters() if fnmatch.fnmatch(name, one["names"])]
        groups.append({"params": chosen, "lr": one["lr"]})
    return getattr(torch.optim, settings["type"])(groups)


def keep(accelerator, model, step, folder):
    path = os.path.join(folder, f"{step:06d}.pt")
    torch.save(accelerator.unwrap_model(model).state_dict(), path)
    return path
