"""Settings from YAML, merged at import time by a function; a helper module is found by its name."""

import importlib

import yaml

DEFAULTS = {"size": 1, "tags": []}
SOURCE = "configured_extra"


def load(text):
    DEFAULTS.update(yaml.safe_load(text))


load("size: 3")


def work():
    extra = importlib.import_module(SOURCE)
    return {**DEFAULTS, "extra": extra.names()}


def broken():
    return yaml.safe_load("a: [1")  # HERE
