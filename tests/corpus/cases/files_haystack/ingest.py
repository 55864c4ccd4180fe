from __future__ import annotations

import glob
import json
import time
from pathlib import Path

import typer
import yaml
from haystack import Pipeline, component
from haystack.components.converters import (
    CSVToDocument,
    DOCXToDocument,
    HTMLToDocument,
    MarkdownToDocument,
    PyPDFToDocument,
    TextFileToDocument,
)
from haystack.components.embedders import OpenAIDocumentEmbedder
from haystack.components.preprocessors import DocumentSplitter
from haystack.components.writers import DocumentWriter
from haystack.dataclasses import Document
from haystack_integrations.document_stores.qdrant import QdrantDocumentStore

app = typer.Typer(help="ingest")


def settings_of(path: Path) -> dict:
    if not path.exists():
        return {}
    with path.open() as file:
        return yaml.safe_load(file) or {}


def normal(document: Document) -> Document:
    document.content = "\n".join(line.strip() for line in (document.content or "").splitlines())
    return document


def converters():
    return {
        ".pdf": PyPDFToDocument(),
        ".md": MarkdownToDocument(),
        ".html": HTMLToDocument(),
        ".docx": DOCXToDocument(),
        ".csv": CSVToDocument(),
        ".txt": TextFileToDocument(),
    }


def documents_of(patterns: list[str], base: Path) -> list[Document]:
    found: list[Document] = []
    by = converters()
    for pattern in patterns:
        for path in glob.glob(str(base / pattern), recursive=True):
            result = by.get(Path(path).suffix, by[".txt"]).run(sources=[path])
            found.extend(normal(one) for one in result["documents"])
    return found


@component
class Counter:
    @component.output_types(documents=list)
    def run(self, documents: list):
        print(len(documents))
        return {"documents": documents}


def pipeline_of(url: str, size: int = 384) -> Pipeline:
    store = QdrantDocumentStore(url=url, embedding_dim=size, index="documents")
    pipeline = Pipeline()
    pipeline.add_component("splitter", DocumentSplitter(split_by="word", split_length=128))
    pipeline.add_component("counter", Counter())
    pipeline.add_component("embedder", OpenAIDocumentEmbedder(model="text-embedding-3-small"))
    pipeline.add_component("writer", DocumentWriter(document_store=store))
    pipeline.connect("splitter", "counter")
    pipeline.connect("counter", "embedder")
    pipeline.connect("embedder", "writer")
    return pipeline


def dumped(documents, folder):
    with (Path(folder) / f"{int(time.time())}.ndjson").open("w") as file:
        for one in documents:
            file.write(json.dumps({"id": one.id, "content": one.content, "meta": one.meta or {}}) + "\n")


@app.command()
def ingest(config: Path = typer.Option("ingest.yaml"), url: str = "http://qdrant:6333", artifacts: str = ""):
    sources = settings_of(config).get("sources", [])
    documents = documents_of(sources, config.parent)
    if not documents:
        raise typer.Exit(code=1)
    result = pipeline_of(url).run({"splitter": {"documents": documents}})
    typer.echo(result["writer"]["documents_written"])
    if artifacts:
        dumped(documents, artifacts)


if __name__ == "__main__":
    app()
