"""Vectors of texts, by one of several models."""

import openai
from sentence_transformers import SentenceTransformer
from tqdm import tqdm

models = {
    "mini": {"name": "all-MiniLM-L6-v2", "of": "sentence"},
    "ada": {"name": "text-embedding-ada-002", "of": "openai"},
}


def model_of(named):
    if named["of"] == "sentence":
        return SentenceTransformer(named["name"])
    return None


def vectors_of(texts, named):
    if named["of"] == "openai":
        answer = openai.embeddings.create(input=texts, model=named["name"])
        return [one.embedding for one in answer.data]
    model = model_of(named)
    return [model.encode(text).tolist() for text in tqdm(texts)]
