#!/usr/bin/env python3
"""What a fund's prices come to."""

import math

import numpy as np

LEAST = 40


def returns(prices):
    wave = np.asarray(prices, dtype=float)
    return np.diff(wave) / wave[:-1]


def metrics_of(prices_1y, prices_3y, prices_all, rate):
    if len(prices_1y) < LEAST:
        return {}
    steps = returns(prices_1y)
    swing = float(np.std(steps)) * math.sqrt(52) * 100
    gain = prices_1y[-1] / prices_1y[0] - 1
    top = np.maximum.accumulate(np.asarray(prices_3y))
    return {
        "swing": swing,
        "sharpe": (gain - rate) / (swing / 100) if swing else None,
        "fall": float(np.min(np.asarray(prices_3y) / top - 1)) * 100,
        "ever": prices_all[-1] / prices_all[0] - 1,
    }
