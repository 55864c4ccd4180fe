import logging
import os
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor, as_completed

import click
import torch
from langchain_community.vectorstores import Chroma
from langchain_core.documents import Document
from langchain_text_splitters import Language, RecursiveCharacterTextSplitter

from constants import CHROMA, LOADERS, SOURCES, STORE, WORKERS
from helping import embeddings


def file_log(entry):
    with open("ingest.log", "a") as to:
        to.write(entry + "\n")
    print(entry)


def load_one(path: str) -> Document:
    try:
        loader_class = LOADERS.get(os.path.splitext(path)[1])
        if loader_class is None:
            raise ValueError("no loader for it")
        return loader_class(path).load()[0]
    except Exception as error:
        file_log(f"{path}: {error}")
        return None


def load_some(paths):
    logging.info("some documents")
    with ThreadPoolExecutor(len(paths)) as pool:
        asked = [pool.submit(load_one, path) for path in paths]
        return [one.result() for one in asked], paths


def load_all(folder: str) -> list[Document]:
    paths = []
    for root, _, names in os.walk(folder):
        for name in names:
            if os.path.splitext(name)[1] in LOADERS.keys():
                paths.append(os.path.join(root, name))
    workers = min(WORKERS, max(len(paths), 1))
    size = max(1, round(len(paths) / workers))
    found = []
    with ProcessPoolExecutor(workers) as pool:
        asked = [pool.submit(load_some, paths[i : i + size]) for i in range(0, len(paths), size)]
        for one in as_completed(asked):
            some, _ = one.result()
            found.extend(some)
    return found


def by_kind(documents: list[Document]) -> tuple[list[Document], list[Document]]:
    texts, codes = [], []
    for one in documents:
        (codes if one.metadata["source"].endswith(".py") else texts).append(one)
    return texts, codes


@click.command()
@click.option("--device", default="cuda" if torch.cuda.is_available() else "cpu")
def main(device):
    documents = load_all(SOURCES)
    texts, codes = by_kind(documents)
    splitter = RecursiveCharacterTextSplitter(chunk_size=1000, chunk_overlap=200)
    code_splitter = RecursiveCharacterTextSplitter.from_language(language=Language.PYTHON, chunk_size=880)
    parts = splitter.split_documents(texts)
    parts.extend(code_splitter.split_documents(codes))
    Chroma.from_documents(parts, embeddings(device), persist_directory=STORE, client_settings=CHROMA)


if __name__ == "__main__":
    main()
