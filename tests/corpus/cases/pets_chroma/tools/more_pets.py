#!/usr/bin/env python3
import os
import sys

import django

sys.path.append(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "petsite.settings")
django.setup()

import chromadb
from chromadb.config import Settings

from pets import chat

KNOWN = [{"question": "How to brush a cat?", "answer": "With the hair."}, {"question": "How to bathe a dog?", "answer": "Warm."}]


def prepared(rows):
    documents, metadatas, ids = [], [], []
    for i, row in enumerate(rows):
        documents.append(f"Q: {row['question']}\nA: {row['answer']}")
        metadatas.append(dict(row, source="care"))
        ids.append(f"care_{i + 1}")
    return documents, metadatas, ids


def expand():
    client = chromadb.PersistentClient(path=chat.FOLDER, settings=Settings(anonymized_telemetry=False))
    collection = client.get_collection(chat.NAME)
    documents, metadatas, ids = prepared(KNOWN)
    vectors = chat._embedder.encode(documents, normalize_embeddings=True).tolist()
    collection.add(embeddings=vectors, documents=documents, metadatas=metadatas, ids=ids)
    chat.clear_cache()
    for query in ("cats", "dogs"):
        context, sources = chat.retrieve(query, top=2)
        print(query, bool(context), len(sources))


if __name__ == "__main__":
    expand()
