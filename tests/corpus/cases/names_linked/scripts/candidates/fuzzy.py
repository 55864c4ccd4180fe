from typing import List, Set

from spacy.kb import Candidate, KnowledgeBase
from spacy.tokens import Span
from thefuzz import process

from .base import NearestChooser


class FuzzyChooser(NearestChooser):
    def _lookup_of(self, dataset: str, kb: KnowledgeBase, most: int) -> List[str]:
        return list(kb.get_alias_strings())

    def _found(self, span: Span, kb: KnowledgeBase, dataset: str, most: int, least: float = 0.7) -> Set[Candidate]:
        said = process.extract(span.text, self.lookup(dataset, kb, most), limit=most)
        return {candidate for alias, score in said if score / 100 >= least for candidate in kb.get_alias_candidates(alias)}
