import os

from langchain_community.document_loaders import Docx2txtLoader, PyPDFLoader, TextLoader
from langchain_community.vectorstores import Chroma
from langchain_text_splitters import RecursiveCharacterTextSplitter

from library.vectors import vectors

FOLDER = "data/documents"


def pages(path):
    return PyPDFLoader(path).load()


def letters(path):
    loader = Docx2txtLoader(path)
    return loader.load()


def plain(path):
    return TextLoader(path, encoding="utf-8").load()


READERS = {".pdf": pages, ".docx": letters, ".txt": plain}


def documents():
    found = []
    for name in os.listdir(FOLDER):
        reader = READERS.get(os.path.splitext(name)[1])
        if reader is None:
            continue
        for one in reader(os.path.join(FOLDER, name)):
            one.metadata["source"] = name
            found.append(one)
    return found


def split(found):
    return RecursiveCharacterTextSplitter(chunk_size=900, chunk_overlap=90).split_documents(found)


def ingest():
    parts = split(documents())
    Chroma.from_documents(documents=parts, embedding=vectors(), persist_directory="library_db")
    print(len(parts), "parts")


if __name__ == "__main__":
    ingest()
