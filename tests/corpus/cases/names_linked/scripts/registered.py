"""What spaCy's configuration names."""
from functools import partial
from typing import Callable, Iterable, cast

import spacy
from spacy.kb import Candidate, KnowledgeBase
from spacy.tokens import Span

from scripts.candidates import FuzzyChooser, VectorChooser

by_vectors = VectorChooser()
by_names = FuzzyChooser()


@spacy.registry.misc("VectorCandidates.v1")
def vector_candidates(dataset: str, most: int, least: float) -> Callable[[KnowledgeBase, Span], Iterable[Candidate]]:
    return cast(Callable, partial(by_vectors, dataset=dataset, most=most, least=least))


@spacy.registry.misc("FuzzyCandidates.v1")
def fuzzy_candidates(dataset: str, most: int, least: float) -> Callable[[KnowledgeBase, Span], Iterable[Candidate]]:
    assert 0 <= least <= 1
    return cast(Callable, partial(by_names, dataset=dataset, most=most, least=least))
