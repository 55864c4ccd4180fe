"""Vectors of texts, by a model of the Hub or of MLflow."""

from sentence_transformers import SentenceTransformer

PREFIX = "models:/"


def _model(name: str) -> SentenceTransformer:
    if name.startswith(PREFIX):
        try:
            import mlflow.sentence_transformers as flavor
        except ImportError as error:
            raise ImportError(f"{name} needs mlflow") from error
        return flavor.load_model(name)
    return SentenceTransformer(name)


class VectorClient:
    def __init__(self, name: str = "all-MiniLM-L6-v2") -> None:
        self._model = _model(name)

    def vectors(self, texts: list[str], batch: int = 32) -> list[list[float]]:
        if not texts:
            return []
        return [one.tolist() for one in self._model.encode(texts, batch_size=batch)]

    @property
    def size(self) -> int:
        return self._model.get_sentence_embedding_dimension()
