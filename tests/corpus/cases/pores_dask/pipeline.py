import os

import h5py
import matplotlib.pyplot as plt
import numpy as np
from analysis import emptiness, likeness
from dask import delayed
from dask.diagnostics import ProgressBar
from scipy.ndimage import median_filter
from skimage.filters import threshold_otsu


def trimmed(stone, edge=4):
    return stone[edge:-edge, edge:-edge, edge:-edge]


def smoothed(stone):
    return median_filter(stone, size=(3, 3, 3))


def split(stone):
    return (stone >= threshold_otsu(stone)).astype(np.int32)


@delayed
def load(file):
    with h5py.File(file, "r") as data:
        return data["stone"][()][0, 0, :, :, :]


@delayed
def process(stone, tasks):
    for task in tasks:
        stone = task(stone)
    return stone


@delayed
def analyse(stone, tasks):
    return [task(stone) for task in tasks], stone


@delayed
def store(results, folder):
    curves = [found[1] for found, _ in results]
    shares = [found[0] for found, _ in results]
    figure, axes = plt.subplots(1, 3, figsize=(12, 4))
    for axis, way in zip(axes, "xyz"):
        for curve in curves:
            axis.plot(curve[way], color="gray")
    figure.savefig(os.path.join(folder, "likeness.png"))
    np.savetxt(os.path.join(folder, "shares.csv"), shares)


def run(source, folder):
    files = [os.path.join(source, file) for file in os.listdir(source) if file.endswith(".hdf5")]
    loaded = [load(file) for file in files]
    processed = [process(stone, [trimmed, smoothed, split]) for stone in loaded]
    analysed = [analyse(stone, [emptiness, likeness]) for stone in processed]
    with ProgressBar():
        store(analysed, folder).compute()


if __name__ == "__main__":
    run("stones", "out")
