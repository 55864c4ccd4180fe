"""Tracks from predictions."""

import numpy as np
import pyBigWig


def sizes_of(path):
    with open(path) as lines:
        rows = [line.strip().split("\t") for line in lines]
    return [(row[0], int(row[1])) for row in rows if len(row) == 2]


def regions_of(path, width, used):
    with open(path) as lines:
        rows = [line.strip().split("\t") for line in lines]
    middles = [(row[0], int(row[1]) + int(row[9])) for row in np.array(rows)[used]]
    return [(chrom, middle - width // 2, middle + width // 2) for chrom, middle in middles]


def written(values, regions, sizes, out, bar=False, summary=None):
    track = pyBigWig.open(out, "w")
    track.addHeader(sizes)
    order = range(len(regions))
    if bar:
        from tqdm import tqdm

        order = tqdm(order)
    for i in order:
        chrom, start, end = regions[i]
        told = [float(x) for x in values[i]]
        track.addEntries([chrom] * (end - start), list(range(start, end)), ends=list(range(start + 1, end + 1)), values=told)
    track.close()
    if summary is not None:
        flat = np.hstack(values)
        with open(summary, "w") as to:
            to.write(f"min\t{np.min(flat):.6f}\nhalf\t{np.quantile(flat, 0.5):.6f}\n")
