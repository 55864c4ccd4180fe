import logging
from dataclasses import dataclass
from enum import Enum

import numpy as np

logger = logging.getLogger(__name__)


class Kind(Enum):
    LOCAL = "local"
    OPENAI = "openai"


@dataclass
class Settings:
    kind: Kind = Kind.LOCAL
    name: str = "all-MiniLM-L6-v2"
    batch: int = 32


class Embedder:
    def __init__(self, settings: Settings):
        self.settings = settings
        self.model = self.client = None
        self._prepare()

    def _prepare(self):
        try:
            if self.settings.kind is Kind.LOCAL:
                from sentence_transformers import SentenceTransformer

                self.model = SentenceTransformer(self.settings.name)
            else:
                import openai

                self.client = openai.OpenAI()
        except ImportError as fault:
            logger.error("a library is missing: %s", fault)
            raise

    def one(self, text):
        if self.settings.kind is Kind.LOCAL:
            return self.model.encode(self._clean(text), normalize_embeddings=True).tolist()
        return self.client.embeddings.create(input=self._clean(text), model="small").data[0].embedding

    def many(self, texts):
        return [self.one(text) for text in texts]

    def _clean(self, text):
        return " ".join(text.split())[:8000]

    def alike(self, one, two):
        first, second = np.array(one), np.array(two)
        return float(np.dot(first, second) / (np.linalg.norm(first) * np.linalg.norm(second)))

    def nearest(self, wanted, known, texts, top=5):
        scores = sorted(((self.alike(wanted, one), text) for one, text in zip(known, texts)), reverse=True)
        return scores[:top]

    @staticmethod
    def usual():
        return Settings()
