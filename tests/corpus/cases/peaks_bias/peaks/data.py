"""Sequences and counts around summits."""

import numpy as np
import pyBigWig
import pyfaidx

from peaks import onehot


def sequences(frame, genome, width):
    found = []
    for _, row in frame.iterrows():
        middle = row["start"] + row["summit"]
        found.append(str(genome[row["chrom"]][middle - width // 2 : middle + width // 2]))
    return onehot.encoded(found)


def counts(frame, track, width):
    found = []
    for _, row in frame.iterrows():
        middle = row["start"] + row["summit"]
        found.append(np.nan_to_num(track.values(row["chrom"], middle - width // 2, middle + width // 2)))
    return np.array(found)


def places(frame, is_peak):
    return np.array([[row["chrom"], row["start"] + row["summit"], is_peak] for _, row in frame.iterrows()])


def all_of(frame, genome, track, wide, narrow, is_peak):
    return sequences(frame, genome, wide), counts(frame, track, narrow), places(frame, is_peak)


def read(peaks, others, fasta, bigwig, wide, narrow, jitter):
    track = pyBigWig.open(bigwig)
    genome = pyfaidx.Fasta(fasta)
    inside = outside = (None, None, None)
    if peaks is not None:
        inside = all_of(peaks, genome, track, wide + 2 * jitter, narrow + 2 * jitter, 1)
    if others is not None:
        outside = all_of(others, genome, track, wide + 2 * jitter, narrow + 2 * jitter, 0)
    track.close()
    genome.close()
    return (*inside, *outside)
