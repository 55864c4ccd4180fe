"""How much two masks overlap."""

import math

import numpy as np


class Overlap:
    def __init__(self, labels):
        self.labels = labels
        self.hits = self.misses = self.alarms = self.rests = 0

    def add(self, actual, predicted):
        parts = predicted.view(-1).float() / actual.view(-1).float()
        self.rests += int(np.isnan(parts).sum())
        self.alarms += int(np.isinf(parts).sum())
        self.hits += int((parts == 1).sum())
        self.misses += int((parts == 0).sum())

    def mean(self):
        return np.nanmean([self.hits / (self.hits + self.misses + self.alarms), 1.0])

    def matthews(self):
        below = (self.hits + self.alarms) * (self.hits + self.misses)
        return (self.hits * self.rests - self.alarms * self.misses) / math.sqrt(below or 1)
