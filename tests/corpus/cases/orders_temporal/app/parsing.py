from __future__ import annotations

from pathlib import Path
from typing import Any, Protocol

from app.schemas import Order, Parsed


class Parser(Protocol):
    name: str

    def parse(self, path: Path) -> tuple[Parsed, dict[str, Any]]: ...


class DoclingParser:
    name = "docling"

    def __init__(self) -> None:
        from docling.document_converter import DocumentConverter

        self.converter = DocumentConverter()

    def parse(self, path: Path) -> tuple[Parsed, dict[str, Any]]:
        result = self.converter.convert(str(path))
        document = result.document
        return Parsed(markdown=document.export_to_markdown(), pages=len(document.pages)), document.export_to_dict()


class PlumberParser:
    name = "plumber"

    def parse(self, path: Path) -> tuple[Parsed, dict[str, Any]]:
        import pdfplumber

        with pdfplumber.open(path) as pdf:
            texts = [page.extract_text() or "" for page in pdf.pages]
        return Parsed(markdown="\n".join(texts), pages=len(texts)), {}


def parser_of(name: str) -> Parser:
    return {"docling": DoclingParser, "plumber": PlumberParser}[name]()


class Extractor:
    def __init__(self, model: str = "claude") -> None:
        import instructor

        self.client = instructor.from_provider(f"anthropic/{model}")

    def extract(self, parsed: Parsed) -> Order:
        return self.client.chat.completions.create(
            response_model=Order, max_tokens=2000, messages=[{"role": "user", "content": parsed.markdown}]
        )
