"""Settings of a recommender, tried by Ray with hyperopt and told to Weights & Biases."""

import json
import os
import shutil
from collections import defaultdict

import numpy as np
import torch
import wandb
from filelock import FileLock
from ray import tune
from ray.air.integrations.wandb import WandbLoggerCallback
from ray.tune.schedulers import ASHAScheduler
from ray.tune.search.hyperopt import HyperOptSearch
from ray.tune.stopper import CombinedStopper, TrialPlateauStopper
from scipy import sparse

KEPT = "kept.json"


def matrix_of(path: str) -> sparse.csr_matrix:
    rows = np.loadtxt(path, dtype=int)
    return sparse.csr_matrix((np.ones(len(rows)), (rows[:, 0], rows[:, 1])))


def is_worth(value: float, folder: str) -> bool:
    with FileLock(KEPT + ".lock"):
        if not os.path.isfile(KEPT):
            with open(KEPT, "w") as file:
                json.dump({"folders": [""] * 3, "values": [-np.inf] * 3}, file)
        with open(KEPT) as file:
            kept = json.load(file)
        least = int(np.argmin(kept["values"]))
        if kept["values"][least] >= value:
            return False
        if os.path.isdir(kept["folders"][least]):
            shutil.rmtree(kept["folders"][least])
        kept["values"][least], kept["folders"][least] = value, folder
        with open(KEPT, "w") as file:
            json.dump(kept, file)
        return True


class Factors(torch.nn.Module):
    def __init__(self, users: int, things: int, sides: int):
        super().__init__()
        self.users = torch.nn.Embedding(users, sides)
        self.things = torch.nn.Embedding(things, sides)

    def forward(self, user, thing):
        return (self.users(user) * self.things(thing)).sum(dim=1)


def fitted(model, given, rate: float, rounds: int):
    optimizer = torch.optim.Adam(model.parameters(), lr=rate)
    users, things = given.nonzero()
    for _ in range(rounds):
        optimizer.zero_grad()
        loss = -torch.nn.functional.logsigmoid(model(torch.as_tensor(users), torch.as_tensor(things))).mean()
        loss.backward()
        optimizer.step()
    return float(loss)


def tried(conf: dict):
    given = matrix_of(conf["path"])
    model = Factors(*given.shape, conf["sides"])
    value = -fitted(model, given, conf["rate"], conf["rounds"])
    tune.report({"value": value})
    if is_worth(value, conf["folder"]):
        torch.save(model.state_dict(), os.path.join(conf["folder"], "best.pt"))


def searched(conf: dict, name: str):
    space = {**conf, "rate": tune.loguniform(1e-4, 1e-1), "sides": tune.choice([16, 32])}
    analysis = tune.run(
        tried,
        config=space,
        search_alg=HyperOptSearch(metric="value", mode="max"),
        scheduler=ASHAScheduler(metric="value", mode="max", grace_period=4),
        callbacks=[WandbLoggerCallback(project="recs", api_key_file="key")],
        stop=CombinedStopper(TrialPlateauStopper("value")),
        num_samples=20,
    )
    best = analysis.get_best_trial("value", "max", scope="all")
    return best.config


def tested(conf: dict, name: str) -> dict:
    given = matrix_of(conf["path"])
    model = Factors(*given.shape, conf["sides"])
    model.load_state_dict(torch.load(os.path.join(conf["folder"], "best.pt")))
    wandb.init(project="recs", config=conf, name=name, job_type="test")
    values = {"loss": fitted(model, given, 0.0, 1)}
    wandb.log(values)
    wandb.finish()
    return values


def several(seeds: list[int], path: str):
    found = defaultdict(list)
    for seed in seeds:
        conf = searched({"path": path, "folder": "out", "rounds": 5, "seed": seed}, f"run_{seed}")
        for key, value in tested(conf, f"run_{seed}").items():
            found[key].append(value)
    return {key: (np.mean(some), np.std(some)) for key, some in found.items()}
