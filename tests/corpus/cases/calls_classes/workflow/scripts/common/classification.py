from abc import ABC, abstractmethod
from enum import Enum


class Kind(Enum):
    RIGHT = 0
    WRONG = 1
    MISSED = 2


class Found:
    def __init__(self, variant, kind):
        self.variant = variant
        self.kind = kind


class Rule(ABC):
    def __init__(self, variants):
        self.variants = variants

    def kinds(self, record):
        truth, guess = record.samples["truth"]["GT"], record.samples["guess"]["GT"]
        if self.matches(truth, guess):
            yield Found(record.alts, Kind.RIGHT)
        elif any(truth):
            yield Found(record.alts, Kind.MISSED)
        else:
            yield Found(record.alts, Kind.WRONG)

    @abstractmethod
    def matches(self, truth, guess):
        pass


class Existence(Rule):
    def matches(self, truth, guess):
        return any(truth) == any(guess)


class SameGenotype(Rule):
    def matches(self, truth, guess):
        return sorted(truth) == sorted(guess)
