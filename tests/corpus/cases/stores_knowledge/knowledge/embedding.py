import litellm


def vectors(texts, model="text-embedding-3-small"):
    return [row["embedding"] for row in litellm.embedding(model=model, input=texts).data]
