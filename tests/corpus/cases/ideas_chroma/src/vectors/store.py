import chromadb
from chromadb.config import Settings
from chromadb.utils import embedding_functions

from src.tools.ids import steady_id

from ..tools.constants import MOST
from .base import Base


class Store(Base):
    def __init__(self, settings):
        super().__init__(settings)
        kind = settings.get("client", "persistent")
        self.embedder = settings.get("embedder", embedding_functions.DefaultEmbeddingFunction())
        self.client = None
        if kind == "persistent":
            self.client = chromadb.PersistentClient(
                path=settings.get("path"), settings=Settings(anonymized_telemetry=False)
            )
        elif kind == "http":
            self.client = chromadb.HttpClient(host=settings.get("host"), port=settings.get("port"))
        elif kind == "ephemeral":
            self.client = chromadb.EphemeralClient(settings=Settings(anonymized_telemetry=False))
        else:
            raise TypeError(f"no such client: {kind}")
        self.documents = self.client.get_or_create_collection(
            name="document", embedding_function=self.embedder, metadata={"hnsw:space": "cosine"}
        )
        self.keys = self.client.get_or_create_collection(name="key", embedding_function=self.embedder)

    def embedded(self, text: str):
        found = self.embedder([text])
        return found[0] if len(found) == 1 else found

    def add_document(self, user: str, file: str, text: str, key: str = None):
        if key is None:
            key = steady_id(user + file + text) + "-doc"
        self.documents.add(
            ids=key, documents=text, embeddings=self.embedded(text), metadatas={"user": user, "file": file}
        )

    def add_key(self, user: str, file: str, text: str, document: str, key: str = None):
        if key is None:
            whole = self.documents.get(ids=[document])["documents"][0]
            key = steady_id(user + file + text + whole) + "-key"
        self.keys.add(ids=key, documents=text, embeddings=self.embedded(text), metadatas={"user": user})

    def removed(self, user: str, key: str) -> bool:
        for ending, rows in (("-key", self.keys), ("-doc", self.documents)):
            if key.endswith(ending):
                rows.delete(ids=[key], where={"user": user})
                return True
        return False

    def parts(self, answer, wanted) -> dict:
        if answer is None:
            return {}
        wanted = [wanted] if isinstance(wanted, str) else wanted
        found = {}
        for one in wanted:
            if one not in answer:
                raise TypeError(f"no {one}")
            inner = answer[one]
            found[one] = inner[0] if len(inner) == 1 and isinstance(inner[0], list) else inner
        return found

    def related(self, user, file: str, texts, most=None, wanted="documents") -> dict:
        return self.parts(
            self.documents.query(
                query_texts=texts, n_results=most or MOST, where={"$and": [{"user": user}, {"file": file}]}
            ),
            wanted,
        )

    def by_ids(self, user, ids):
        if isinstance(ids, str):
            return self.documents.get(ids=[ids], where={"user": user})["documents"][0]
        distinct = list(dict.fromkeys(ids))
        texts = dict(zip(distinct, self.documents.get(ids=distinct, where={"user": user})["documents"]))
        return [texts[one] for one in ids]
