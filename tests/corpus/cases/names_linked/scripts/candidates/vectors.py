from typing import Set

import numpy
from rapidfuzz import fuzz
from sklearn.neighbors import NearestNeighbors
from spacy.kb import Candidate, KnowledgeBase
from spacy.tokens import Span

from .base import NearestChooser


class VectorChooser(NearestChooser):
    def _lookup_of(self, dataset: str, kb: KnowledgeBase, most: int) -> NearestNeighbors:
        lookup = NearestNeighbors(n_neighbors=most, metric="cosine")
        lookup.fit(numpy.asarray([kb.get_vector(name) for name in self.ids(kb)]))
        return lookup

    def _found(self, span: Span, kb: KnowledgeBase, dataset: str, most: int, least: float = 0.5) -> Set[Candidate]:
        vector = self._pipelines[dataset](span.text).vector
        if not isinstance(vector, numpy.ndarray):
            vector = vector.get()
        near = self.lookup(dataset, kb, most).kneighbors(vector.reshape((1, -1)))[1][0]
        names = self.ids(kb)
        close = {names[n] for n in near if fuzz.ratio(names[n].lower(), span.text.lower()) / 100 >= least}
        return {candidate for name in close for candidate in kb.get_alias_candidates(f"_{name}_")}
