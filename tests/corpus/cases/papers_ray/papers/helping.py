"""Seeds, files and batches."""
import json
import os
import random
from typing import Any, Dict, List

import numpy as np
import torch
from ray.data import DataContext
from ray.train.torch import get_device

from papers.settings import mlflow

DataContext.get_current().execution_options.preserve_order = True


def seeded(seed: int = 7):
    np.random.seed(seed)
    random.seed(seed)
    torch.manual_seed(seed)
    torch.cuda.manual_seed_all(seed)
    os.environ["PYTHONHASHSEED"] = str(seed)


def read_json(path: str) -> Dict:
    with open(path) as file:
        return json.load(file)


def write_json(what: Dict, path: str, cls: Any = None) -> None:
    folder = os.path.dirname(path)
    if folder and not os.path.exists(folder):
        os.makedirs(folder)
    with open(path, "w") as file:
        json.dump(what, file, indent=2, cls=cls)


def padded(rows: np.ndarray, dtype=np.int32) -> np.ndarray:
    width = max(len(row) for row in rows)
    out = np.zeros((rows.shape[0], width), dtype=dtype)
    for place, row in enumerate(rows):
        out[place][: len(row)] = row
    return out


def collated(batch: Dict[str, np.ndarray]) -> Dict[str, torch.Tensor]:
    batch["ids"], batch["masks"] = padded(batch["ids"]), padded(batch["masks"])
    kinds = {"ids": torch.int32, "masks": torch.int32, "targets": torch.int64}
    return {key: torch.as_tensor(array, dtype=kinds[key], device=get_device()) for key, array in batch.items()}


def run_of(experiment: str, trial: str) -> str:
    found = mlflow.search_runs(experiment_names=[experiment], filter_string=f"tags.trial_name = 'TorchTrainer_{trial}'")
    return found.iloc[0].run_id


def rows_of(columns: Dict, keys: List[str]) -> List[Dict[str, Any]]:
    return [{key: columns[key][number] for key in keys} for number in range(len(columns[keys[0]]))]
