"""What choosers of candidates have in common."""
import abc
import pickle
from pathlib import Path
from typing import Dict, Iterable, List, Set

import spacy
from spacy.kb import Candidate, KnowledgeBase
from spacy.language import Language
from spacy.tokens import Span


class Chooser(abc.ABC):
    def __init__(self):
        self._entities: Dict[str, Dict] = {}
        self._pipelines: Dict[str, Language] = {}

    def __call__(self, span: Span, kb: KnowledgeBase, dataset: str, most: int, **kwargs) -> Iterable[Candidate]:
        if dataset not in self._entities:
            self._entities[dataset] = self._read(dataset)
            self._pipelines[dataset] = spacy.load(Path(__file__).parent / "models" / dataset)
        return self._found(span, kb, dataset, most, **kwargs)

    def _read(self, dataset: str) -> Dict:
        with open(Path("assets", dataset, "entities.pkl"), "rb") as file:
            return pickle.load(file)

    @abc.abstractmethod
    def _found(self, span: Span, kb: KnowledgeBase, dataset: str, most: int, **kwargs) -> Set[Candidate]:
        """Candidates of one mention."""


class NearestChooser(Chooser, abc.ABC):
    def __init__(self):
        super().__init__()
        self._lookups: Dict = {}

    def lookup(self, dataset: str, kb: KnowledgeBase, most: int):
        if dataset not in self._lookups:
            self._lookups[dataset] = self._lookup_of(dataset, kb, most)
        return self._lookups[dataset]

    @abc.abstractmethod
    def _lookup_of(self, dataset: str, kb: KnowledgeBase, most: int):
        """What is asked for neighbours."""

    @staticmethod
    def ids(kb: KnowledgeBase) -> List[str]:
        return sorted(kb.get_entity_strings())
