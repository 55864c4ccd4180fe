"""Settings from a file."""

import toml


def load(path):
    return toml.load(path)


def class_count(table):
    return len(table["common"]["classes"])
