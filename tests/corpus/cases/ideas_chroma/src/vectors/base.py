from abc import ABC, abstractmethod

import numpy as np


class Base(ABC):
    def __init__(self, settings):
        self.settings = settings

    @abstractmethod
    def embedded(self, text): ...

    def nearness(self, one, other):
        one, other = np.array(one), np.array(other)
        return float(one @ other / (np.linalg.norm(one) * np.linalg.norm(other)))
