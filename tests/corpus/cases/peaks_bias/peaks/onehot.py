"""Bases as rows of four."""

import numpy as np

BASES = np.frombuffer(b"ACGT", dtype="int8")


def encoded(sequences):
    width = len(sequences[0])
    flat = np.frombuffer(bytearray("".join(sequences).upper(), "utf8"), dtype="int8")
    return (flat.reshape(len(sequences), width, 1) == BASES).astype("int8")


def decoded(array):
    letters = np.array(["A", "C", "G", "T", "N"])
    return ["".join(row) for row in letters[np.argmax(array, axis=-1)]]
