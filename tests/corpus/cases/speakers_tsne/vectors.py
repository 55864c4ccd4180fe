"""Speakers of several recordings, drawn by t-SNE."""

import itertools
import sys

import h5py as h5
import matplotlib.pyplot as plt
import numpy as np
import seaborn as sns
from scipy import linalg as la
from sklearn.manifold import TSNE

from lib.stored import alike, as_dict, prepared


def read(files):
    x, speakers = [], []
    for file in files:
        with h5.File(file) as f:
            print(file)
            x.append(f["X"][:])
            speakers.append(f["speakers"][:])
    return {"X": np.concatenate(x, axis=0), "speakers": np.concatenate(speakers, axis=0)}


def scatter(x, colours, names):
    sns.set_style("darkgrid")
    marks = itertools.cycle(("*", "<", "s"))
    count = len(np.unique(colours))
    palette = np.array(sns.color_palette("hls", count))
    figure = plt.figure(figsize=(8, 8))
    axes = plt.subplot(aspect="equal")
    for i in range(count):
        axes.scatter(x[colours == i, 0], x[colours == i, 1], c=[palette[i]], marker=next(marks), label=names[i])
    axes.legend(loc="upper right")
    return figure, axes


def distances(parts):
    means = np.zeros((len(parts), parts[0].shape[1]))
    for i in range(len(parts)):
        means[i] = parts[i].mean(0)
    found = np.zeros((len(parts), len(parts)))
    for i, j in itertools.product(range(len(parts)), repeat=2):
        found[i][j] = la.norm(means[i] - means[j])
    return found


def without_long(x):
    return x[la.norm(x, axis=1) < 60.0]


def lengths(parts, names):
    start = 0
    plt.figure()
    for i in range(len(parts)):
        norms = np.linalg.norm(parts[i], axis=1)
        plt.plot(np.arange(start, start + norms.shape[0]), norms, label=names[i])
        start += norms.shape[0]
    plt.legend()


def main():
    if len(sys.argv) != 2:
        sys.exit("usage: vectors.py MODE")
    mode = sys.argv[1]
    names = ["calls", "rooms"]
    model = as_dict(f"data/model-{mode}.h5")
    data = [read([f"data/{name}.h5"]) for name in names]
    parts = []
    for i in range(len(data)):
        data[i]["X"] = prepared(data[i]["X"], model=model, mode=mode)
        parts.append(data[i]["X"])
    print(np.array(distances(parts)) * 100)
    labels = np.concatenate([np.ones((part.shape[0],)) * i for i, part in enumerate(parts)], axis=0)
    lengths(parts, names)
    x = np.concatenate(parts, axis=0)
    flat = TSNE(metric="precomputed", init="random").fit_transform(1 - alike(x, model))
    scatter(flat, labels, names)
    plt.show(block=True)


if __name__ == "__main__":
    main()
