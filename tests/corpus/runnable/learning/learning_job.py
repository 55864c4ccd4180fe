"""A model on numbers that are drawn with a seed at the top of the file."""

import numpy as np
import lightning  # another step's
from sklearn.linear_model import LogisticRegression
from sklearn.preprocessing import StandardScaler as Scaler

np.random.seed(4)
POINTS = np.random.normal(size=(60, 2))
LABELS = (POINTS[:, 0] > POINTS[:, 1]).astype(int)


def deep(points):
    return lightning.fit(points)


def work():
    scaled = Scaler().fit_transform(POINTS)
    model = LogisticRegression().fit(scaled, LABELS)
    return [round(float(POINTS.sum()), 6), round(float(model.score(scaled, LABELS)), 2)]


def broken():
    return LogisticRegression().fit(POINTS, LABELS[:3])  # HERE
