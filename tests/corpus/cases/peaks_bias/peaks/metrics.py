"""How near predictions come."""

import matplotlib.pyplot as plt
import numpy as np
from scipy.spatial.distance import jensenshannon
from scipy.stats import pearsonr, spearmanr
from sklearn.metrics import mean_squared_error


def scattered(x, y, out):
    figure, axes = plt.subplots()
    heights, edges_x, edges_y = np.histogram2d(x, y, bins=20)
    axes.imshow(heights.T, extent=(edges_x[0], edges_x[-1], edges_y[0], edges_y[-1]))
    figure.savefig(out)


def count_scores(labels, predicted, prefix):
    scattered(labels, predicted, prefix + "_counts.png")
    return spearmanr(labels, predicted)[0], pearsonr(labels, predicted)[0], mean_squared_error(labels, predicted)


def profile_scores(true, chances):
    found = []
    for i in range(len(true)):
        found.append(jensenshannon(true[i] / (0.001 + np.nansum(true[i])), chances[i]))
    return np.array(found)


def histogram(values, prefix):
    plt.figure(figsize=(8, 6))
    plt.hist(values, 100, label="told")
    plt.savefig(prefix + "_profile.png")
