import mimetypes
import os
import re
import tempfile
from urllib.parse import urlparse

import requests

try:
    import magic
except ImportError:
    magic = None
from langchain_community.document_loaders import (
    BSHTMLLoader,
    Docx2txtLoader,
    PyPDFLoader,
    TextLoader,
    UnstructuredExcelLoader,
    UnstructuredWordDocumentLoader,
)
from langchain_text_splitters import MarkdownTextSplitter, RecursiveCharacterTextSplitter


def pieces(source, size=1000, overlap=200, folder=None):
    local = fetched(source, folder)
    kind = kind_of(local)
    if kind == "html":
        return of_html(local, size, overlap)
    if kind == "markdown":
        return of_markdown(local, size, overlap)
    if kind == "pdf":
        return of_pdf(local, size, overlap)
    if kind == "word":
        return of_word(local, size, overlap)
    return of_text(local, size, overlap)


def is_markdown(source):
    with open(source, encoding="utf-8", errors="ignore") as file:
        text = file.read(2048)
    return any(re.search(one, text) for one in (r"(^|\n)#{1,6}\s", r"```"))


def kind_of(source):
    mime = magic.from_file(source, mime=True) if magic else mimetypes.guess_type(source)[0]
    if not mime and is_markdown(source):
        return "markdown"
    for kind in ("pdf", "html"):
        if kind in (mime or ""):
            return kind
    return "word" if "officedocument" in (mime or "") else "text"


def fetched(source, folder=None):
    if not source.startswith(("http://", "https://")):
        return source
    answer = requests.get(source)
    answer.raise_for_status()
    name = os.path.basename(urlparse(source).path) or f"page_{os.urandom(4).hex()}.txt"
    path = os.path.join(folder or tempfile.gettempdir(), name)
    with open(path, "wb") as file:
        file.write(answer.content)
    return path


def split(documents, size, overlap):
    splitter = RecursiveCharacterTextSplitter(chunk_size=size, chunk_overlap=overlap, separators=["\n\n", "\n", " "])
    found = []
    for one in documents:
        found.extend(splitter.split_documents([one]))
    return found


def of_text(source, size=1000, overlap=200):
    return split(TextLoader(source).load(), size, overlap)


def of_html(source, size=1000, overlap=200):
    try:
        documents = BSHTMLLoader(source).load()
    except Exception as error:
        raise ValueError(f"no HTML: {error}")
    return split(documents, size, overlap)


def of_markdown(source, size=1000, overlap=200):
    splitter = MarkdownTextSplitter(chunk_size=size, chunk_overlap=overlap)
    return splitter.split_documents(TextLoader(source).load())


def of_pdf(source, size=1000, overlap=200):
    return split(PyPDFLoader(source).load(), size, overlap)


def of_word(source, size=1000, overlap=200):
    try:
        return split(UnstructuredWordDocumentLoader(source).load(), size, overlap)
    except Exception:
        return split(Docx2txtLoader(source).load(), size, overlap)


def of_sheet(source):
    return UnstructuredExcelLoader(source, mode="elements").load()
