#!/usr/bin/env python3
"""Which points of the cortex go with a predictor, by permutations."""

import math
import os
import sys
from time import time

import nibabel as nib
import numpy as np
import statsmodels.api as sm
from joblib import Parallel, delayed, dump, load


def nearest(array, value, shares, i):
    index = np.searchsorted(array, value, side="left")
    if index == len(shares) or math.fabs(value - array[index - 1]) < math.fabs(value - array[index]):
        return shares[index - 1]
    return shares[index]


def written(values, name, out, affine, mask):
    out[mask, 0, 0] = values
    nib.save(nib.freesurfer.mghformat.MGHImage(out, affine), f"{name}.mgh")


def t_values(x, y):
    inverse = np.linalg.inv(np.dot(x.T, x))
    beta = inverse @ x.T @ y.T
    rest = y.T - x @ beta
    error = np.sqrt(np.sum(rest**2, axis=0) / (len(x) - x.shape[1]) * np.diag(inverse)[:, None])
    return beta / error


def permuted(y, x, n, i):
    np.random.seed(int(i * 1000 + time()))
    found = t_values(x[np.random.permutation(range(n))], y)
    return np.nanmax(found, axis=1)


def surface(side):
    image = nib.freesurfer.mghformat.load(f"{side}.all.mgh")
    whole = image.get_fdata()
    data = np.squeeze(whole)
    mask = np.mean(data, axis=1) > 0
    return data[mask], mask, image.affine, np.zeros_like(whole[:, :, :, 1])


def rest_of(covariates, data):
    fit = sm.OLS(data.T, sm.add_constant(covariates)).fit()
    return fit.resid.T


def main(predictor, covariates, rounds, cores):
    x = sm.add_constant(np.genfromtxt(predictor, delimiter=","))
    others = np.genfromtxt(covariates, delimiter=",")
    data, mask, affine, out = surface("lh")
    y = rest_of(others, data)
    found = t_values(x, y)
    written(found[1], "t", out, affine, mask)
    dump(y, "y.mmap")
    mapped = load("y.mmap", mmap_mode="r")
    most = np.sort(
        np.array(Parallel(n_jobs=cores)(delayed(permuted)(mapped, x, len(x), i) for i in range(rounds))), axis=0
    )
    shares = np.arange(rounds) / rounds
    p = np.array(
        Parallel(n_jobs=cores)(delayed(nearest)(most[:, 1], found[1, i], shares, i) for i in range(len(mask)))
    )
    written(p, "p", out, affine, mask)
    os.unlink("y.mmap")


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4]))
