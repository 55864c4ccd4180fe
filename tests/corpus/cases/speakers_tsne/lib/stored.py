import h5py
import numpy as np
from scipy import linalg


def as_dict(path):
    with h5py.File(path, "r") as file:
        return {name: file[name][()] for name in file}


def prepared(x, model, mode):
    for step in mode.split("+"):
        if step == "whiten":
            x = (x - model["mean"]) @ linalg.sqrtm(linalg.inv(model["covariance"]))
        elif step == "unit":
            x = x / np.linalg.norm(x, axis=1, keepdims=True)
    return x


def alike(x, model):
    return x @ model["weights"] @ x.T
