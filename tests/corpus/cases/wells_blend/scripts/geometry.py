"""Columns about the bend of a well, for every experiment after the first."""

import numpy as np

BASE = ["x", "y", "z", "gamma"]
BENT = ["slope", "turn", "gamma_gap"]
ALL = BASE + BENT


def slopes(frame):
    frame["slope"] = np.arctan2(frame["z"].diff().fillna(0), frame["x"].diff().fillna(1))
    frame["turn"] = frame.groupby("well")["slope"].diff().fillna(0)
    return frame


def enriched(frame, gamma):
    frame = slopes(frame.copy())
    frame["gamma_gap"] = frame["gamma"].fillna(gamma) - gamma
    return frame
