import json
import logging
import sys
from collections import defaultdict
from typing import Any

import pandas as pd
from kedro.framework.hooks import hook_impl
from kedro.io import DataCatalog

try:
    from kedro.io import MemoryDataset
except ImportError:
    from kedro.io import MemoryDataSet as MemoryDataset

import fsspec
import mlflow

logger = logging.getLogger(__name__)


def in_order(facts):
    return {name: facts[name] for name in sorted(facts)}


def size_of(dataset):
    path = getattr(dataset, "_filepath", None)
    if path is None:
        return None
    protocol = getattr(dataset, "_protocol", "file")
    return fsspec.filesystem(protocol).size(str(path))


class SizesHook:
    def __init__(self):
        self._facts = defaultdict(dict)

    @hook_impl
    def after_catalog_created(self, catalog: DataCatalog):
        for name, dataset in catalog._datasets.items():
            if not isinstance(dataset, MemoryDataset):
                self._facts[name]["bytes"] = size_of(dataset)

    @hook_impl
    def after_dataset_loaded(self, dataset_name: str, data: Any):
        if isinstance(data, pd.DataFrame):
            self._facts[dataset_name]["rows"] = int(data.shape[0])
            self._facts[dataset_name]["columns"] = int(data.shape[1])
        elif isinstance(data, (list, dict)):
            self._facts[dataset_name]["rows"] = len(data)
            self._facts[dataset_name]["bytes"] = sys.getsizeof(data)

    @hook_impl
    def after_node_run(self, node, outputs):
        for name, value in outputs.items():
            if isinstance(value, float):
                mlflow.log_metric(f"{node.name}.{name}", value)

    @hook_impl
    def after_pipeline_run(self):
        with open("sizes.json", "w") as file:
            json.dump({name: in_order(facts) for name, facts in self._facts.items()}, file)


sizes_hook = SizesHook()
