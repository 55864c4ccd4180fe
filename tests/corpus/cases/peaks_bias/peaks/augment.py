"""Cuts and turns examples at random."""

import numpy as np


def cropped(sequences, counts, wide, narrow):
    room = sequences.shape[1] - wide
    starts = np.random.choice(room + 1, size=len(sequences), replace=True)
    cut = np.array([one[start : start + wide] for one, start in zip(sequences, starts)])
    told = np.array([one[start : start + narrow] for one, start in zip(counts, starts)])
    return cut, told


def turned(sequences, counts, chosen):
    sequences[chosen] = sequences[chosen, ::-1, ::-1]
    counts[chosen] = counts[chosen, ::-1]
    return sequences, counts


def augmented(sequences, counts, wide, narrow, turn, shuffle):
    sequences, counts = cropped(sequences, counts, wide, narrow)
    if turn:
        chosen = np.random.choice(len(sequences), size=len(sequences) // 2, replace=False)
        sequences, counts = turned(sequences, counts, chosen)
    if shuffle:
        order = np.random.permutation(len(sequences))
        return sequences[order], counts[order]
    return sequences, counts
