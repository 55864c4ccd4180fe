"""Batches for keras."""

import math

import numpy as np
from tensorflow import keras

from peaks import augment, data


def thinned(sequences, counts, wanted, part):
    kept = np.random.choice(len(sequences), size=int(part * wanted), replace=False)
    return sequences[kept], counts[kept]


class Batches(keras.utils.Sequence):
    def __init__(self, peaks, others, fasta, bigwig, size, wide, narrow, jitter, part, turn, shuffle):
        loaded = data.read(peaks, others, fasta, bigwig, wide, narrow, jitter)
        self.peak_sequences, self.peak_counts = loaded[0], loaded[1]
        self.other_sequences, self.other_counts = loaded[3], loaded[4]
        self.size, self.wide, self.narrow = size, wide, narrow
        self.part, self.turn, self.shuffle = part, turn, shuffle
        self.renew()

    def __len__(self):
        return math.ceil(len(self.sequences) / self.size)

    def renew(self):
        if self.other_sequences is None:
            self.sequences, self.counts = self.peak_sequences, self.peak_counts
        else:
            some = thinned(self.other_sequences, self.other_counts, len(self.peak_sequences), self.part)
            self.sequences = np.vstack([self.peak_sequences, some[0]])
            self.counts = np.vstack([self.peak_counts, some[1]])
        self.now, self.told = augment.augmented(
            self.sequences, self.counts, self.wide, self.narrow, self.turn, self.shuffle
        )

    def __getitem__(self, i):
        rows = slice(i * self.size, (i + 1) * self.size)
        told = self.told[rows]
        return self.now[rows], [told, np.log(1 + told.sum(-1, keepdims=True))]

    def on_epoch_end(self):
        self.renew()
