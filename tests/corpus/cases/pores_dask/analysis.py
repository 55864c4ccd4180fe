"""How much of a stone is empty, and how its holes hang together."""

import numpy as np
from numba import jit


def emptiness(stone):
    counts = np.unique(stone, return_counts=True)
    return counts[1][0] / float(counts[1][1])


def likeness(stone, empty=0):
    found = {}
    for number, way in enumerate(["x", "y", "z"]):
        found[way] = along(stone, number, var=empty)
    means = {}
    for way in ["x", "y", "z"]:
        means[way] = np.mean(np.mean(found[way], axis=0), axis=0)
    return means


@jit
def along(stone, way, var=0):
    width, height, depth = stone.shape
    out = np.zeros((width, height, depth))
    for a in range(width):
        for b in range(height):
            for far in range(depth):
                most = depth - far
                for c in range(most):
                    if stone[a, b, c] == var and stone[a, b, c + far] == var:
                        out[a, b, far] += 1
                out[a, b, far] = out[a, b, far] / float(most)
    return out
