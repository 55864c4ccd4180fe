import os

import chromadb
from django.core.cache import cache
from sentence_transformers import SentenceTransformer

FOLDER = os.environ.get("CHROMA", "chroma")
NAME = "pets"
_embedder = SentenceTransformer("shibing624/text2vec-base-chinese")
_client = chromadb.PersistentClient(path=FOLDER)


def clear_cache():
    cache.clear()


def retrieve(query, top=3):
    kept = cache.get(query)
    if kept:
        return kept
    found = _client.get_collection(NAME).query(query_embeddings=_embedder.encode([query]).tolist(), n_results=top)
    out = "\n".join(found["documents"][0]), found["metadatas"][0]
    cache.set(query, out, 60)
    return out
