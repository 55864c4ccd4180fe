"""Found by its name only."""

import tensorflow  # of no use to names()
import tomllib


def names():
    return sorted(tomllib.loads("b = 1\na = 2"))


def train():
    return tensorflow.constant(1)
