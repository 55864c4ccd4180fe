from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass

import numpy as np

from .corpus import Corpus


@dataclass(frozen=True)
class Query:
    id: str
    text: str


@dataclass
class Ranking:
    rows: np.ndarray
    scores: np.ndarray


class Retriever(ABC):
    name = "?"

    def __init__(self, corpus: Corpus):
        self.corpus = corpus

    @abstractmethod
    def search(self, queries, masks, k): ...
