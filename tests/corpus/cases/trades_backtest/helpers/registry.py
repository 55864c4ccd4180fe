from __future__ import annotations

import importlib.util
import os
import sys
from typing import Callable

_KNOWN: dict[str, dict] = {}


class Registry:
    """What looks like a dictionary of the known."""

    def __getitem__(self, key: str) -> dict:
        return _KNOWN[key]

    def __len__(self) -> int:
        return len(_KNOWN)

    def items(self):
        return _KNOWN.items()


REGISTRY: Registry = Registry()


def strategy(name: str, params: dict | None = None) -> Callable:
    def keep(function: Callable) -> Callable:
        _KNOWN[name] = {"logic": function, "params": dict(params or {})}
        return function

    return keep


def load_folder(folder: str) -> int:
    folder = os.path.abspath(folder)
    count = 0
    for name in sorted(os.listdir(folder)):
        if not name.endswith(".py") or name.startswith("_"):
            continue
        full = f"{os.path.basename(folder)}.{name[:-3]}"
        spec = importlib.util.spec_from_file_location(full, os.path.join(folder, name))
        module = importlib.util.module_from_spec(spec)
        sys.modules[full] = module
        spec.loader.exec_module(module)
        count += 1
    return count
