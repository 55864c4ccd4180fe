import hashlib
import os
import sys
import uuid

import duckdb
from dotenv import load_dotenv
from langchain_core.documents import Document
from langchain_openai import OpenAIEmbeddings
from langchain_qdrant import FastEmbedSparse, QdrantVectorStore, RetrievalMode
from qdrant_client import QdrantClient
from qdrant_client.models import Distance, FieldCondition, Filter, MatchValue, SparseVectorParams, VectorParams

load_dotenv()
HERE = os.path.dirname(os.path.abspath(__file__))
COLLECTION = "jobs"


def client_of(path="qdrant"):
    try:
        return QdrantClient(path=os.path.join(HERE, path))
    except Exception as error:
        if "locked" in str(error).lower():
            sys.exit(1)
        raise


def prepared(client):
    if client.collection_exists(collection_name=COLLECTION):
        return False
    client.create_collection(
        collection_name=COLLECTION,
        vectors_config=VectorParams(size=1536, distance=Distance.COSINE),
        sparse_vectors_config={"langchain-sparse": SparseVectorParams()},
    )
    return True


def store_of(client):
    return QdrantVectorStore(
        client=client,
        collection_name=COLLECTION,
        embedding=OpenAIEmbeddings(model="text-embedding-3-small"),
        sparse_embedding=FastEmbedSparse(model_name="Qdrant/bm25"),
        retrieval_mode=RetrievalMode.HYBRID,
    )


def database():
    return duckdb.connect(os.path.join(HERE, "jobs.duckdb"), read_only=True)


def key_of(job):
    return str(uuid.UUID(hashlib.md5(str(job).encode()).hexdigest()))


def closed(client, connection):
    rows = connection.execute("SELECT job FROM jobs WHERE status != 'open'").fetchall()
    keys = [key_of(job) for (job,) in rows]
    there = [one.id for one in client.retrieve(collection_name=COLLECTION, ids=keys)]
    if there:
        client.set_payload(collection_name=COLLECTION, payload={"open": False}, points=there)
    return len(there)


def added(store, connection, first):
    where = "" if first else "WHERE day = CURRENT_DATE"
    frame = connection.execute(f"SELECT * FROM jobs {where}").df()
    documents, keys = [], []
    for _, row in frame.iterrows():
        documents.append(Document(page_content=f"{row['title']}: {row['text']}", metadata={"job": row["job"]}))
        keys.append(key_of(row["job"]))
    store.add_documents(documents=documents, ids=keys)
    return len(keys)


def open_in(client, place):
    wanted = Filter(must=[FieldCondition(key="place", match=MatchValue(value=place))])
    points, _ = client.scroll(collection_name=COLLECTION, scroll_filter=wanted, limit=10)
    return [one.payload["job"] for one in points]


def main():
    client = client_of()
    first = prepared(client)
    connection = database()
    print(closed(client, connection), added(store_of(client), connection, first))
    connection.close()
    client.close()


if __name__ == "__main__":
    main()
