"""The search engine."""

import os

from dotenv import load_dotenv
from elasticsearch import Elasticsearch, helpers

load_dotenv()


def client_of(where):
    if where == "local":
        return Elasticsearch("http://127.0.0.1:9200")
    return Elasticsearch(cloud_id=os.environ["CLOUD_ID"], basic_auth=("elastic", os.environ["CLOUD_WORD"]))


def put_vectors(vectors, index, ids):
    actions = [{"_op_type": "update", "_index": index, "_id": number, "doc": {"vector": vector}} for vector, number in zip(vectors, ids)]
    helpers.bulk(client_of("local"), actions)
