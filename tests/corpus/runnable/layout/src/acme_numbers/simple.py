"""Numbers with numpy."""

import numpy as np


def mean(values):
    return float(np.mean(values))


def spread(values):
    return float(np.max(values) - np.min(values))  # HERE
