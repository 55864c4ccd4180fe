import numpy as np
from scipy.ndimage import uniform_filter


def scc(a, b, width=5):
    a, b = uniform_filter(a, width), uniform_filter(b, width)
    return float(np.corrcoef(a.ravel(), b.ravel())[0, 1])
