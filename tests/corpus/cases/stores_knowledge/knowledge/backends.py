from abc import ABC, abstractmethod
from dataclasses import dataclass, field


@dataclass
class Chunk:
    id: str
    text: str
    score: float = 0.0
    metadata: dict = field(default_factory=dict)


class Backend(ABC):
    @abstractmethod
    def add(self, chunks): ...

    @abstractmethod
    def search(self, query, top=5): ...
