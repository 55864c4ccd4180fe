"""Objects by their names, files that go, and grids."""

import importlib
import itertools
import os
import subprocess
import sys
from enum import Enum


class Mode(Enum):
    TEST = "test"
    TRAIN = "train"


def by_name(path: str):
    module, name = path.rsplit(".", 1)
    return getattr(importlib.import_module(module), name)


def gone(path: str):
    try:
        os.remove(path)
    except OSError:
        pass


def combined(spec: list) -> list:
    found = []
    for one in spec:
        keys, values = zip(*one.items())
        found.extend(dict(zip(keys, each)) for each in itertools.product(*values))
    return found


def installed(packages: dict):
    for name, version in packages.items():
        subprocess.check_call([sys.executable, "-m", "pip", "install", "-q", f"{name}=={version}"])
