"""Puts pickled documents into Weaviate, and keeps track of what is there already."""

import logging
import os
import pickle
import re
from collections import defaultdict
from collections.abc import Generator
from pathlib import Path
from typing import Literal

import weaviate
from dotenv import load_dotenv
from langchain.indexes import SQLRecordManager, index
from langchain_core.documents.base import Document
from langchain_openai import OpenAIEmbeddings
from langchain_weaviate.vectorstores import WeaviateVectorStore
from weaviate.classes.init import Auth

logging.basicConfig(level=logging.INFO)
log = logging.getLogger(__name__)

load_dotenv(override=True)

openai_key = os.getenv("OPENAI_API_KEY")
weaviate_key = os.getenv("WEAVIATE_API_KEY")
if openai_key is None:
    raise ValueError("no OPENAI_API_KEY")

COLLECTION = "Notes"


def grouped(folder: Path) -> dict[str, list[Path]]:
    groups = defaultdict(list)
    for file in sorted(folder.rglob("*.pkl")):
        found = re.match(r"^(.*)_\d+\.pkl$", file.name)
        if found:
            groups[found.group(1)].append(file)
    return groups


def batches(folder: Path) -> Generator[list[Document], None, None]:
    for prefix, files in grouped(folder).items():
        batch = []
        for file in files:
            with file.open("rb") as stream:
                batch.extend(pickle.load(stream))
        log.info("%d of %s", len(batch), prefix)
        yield batch


def connected():
    return weaviate.connect_to_custom(
        http_host="weaviate",
        http_port=8080,
        http_secure=False,
        grpc_host="weaviate-grpc",
        grpc_port=50051,
        grpc_secure=False,
        auth_credentials=Auth.api_key(weaviate_key),
        headers={"X-OpenAI-Api-Key": openai_key},
    )


def kept():
    manager = SQLRecordManager(f"weaviate/{COLLECTION}", db_url="sqlite:///kept.sql")
    manager.create_schema()
    return manager


def main(*, cleanup: Literal["incremental", "full"] | None = "incremental", reset: bool = False) -> None:
    client = connected()
    try:
        vectors = OpenAIEmbeddings(api_key=openai_key, model="text-embedding-3-large", dimensions=1536)
        store = WeaviateVectorStore(embedding=vectors, index_name=COLLECTION, client=client, text_key="text")
        manager = kept()
        if reset:
            index([], manager, store, batch_size=500, cleanup="full", source_id_key="source")
            return
        for batch in batches(Path("notes")):
            log.info(index(batch, manager, store, cleanup=cleanup, source_id_key="source"))
    finally:
        client.close()


if __name__ == "__main__":
    main()
