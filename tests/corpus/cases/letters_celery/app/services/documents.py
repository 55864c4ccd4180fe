import io
from collections.abc import Callable
from dataclasses import dataclass

from docx import Document
from openpyxl import load_workbook

from app.services.translators import Translator


@dataclass
class Context:
    language: str
    on_progress: Callable[[int, int], None]


def _docx(data: bytes, translator: Translator, context: Context) -> bytes:
    document = Document(io.BytesIO(data))
    total = len(document.paragraphs)
    for i, one in enumerate(document.paragraphs):
        one.text = translator.translated(one.text, context.language)
        context.on_progress(i + 1, total)
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def _xlsx(data: bytes, translator: Translator, context: Context) -> bytes:
    book = load_workbook(io.BytesIO(data))
    for sheet in book:
        for row in sheet.iter_rows():
            for cell in row:
                if isinstance(cell.value, str):
                    cell.value = translator.translated(cell.value, context.language)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _pdf(data: bytes, translator: Translator, context: Context) -> bytes:
    import fitz

    with fitz.open(stream=data, filetype="pdf") as file:
        texts = [page.get_text() for page in file]
    return "\n".join(translator.translated(one, context.language) for one in texts).encode()


_KINDS = {"docx": (_docx, "docx"), "xlsx": (_xlsx, "xlsx"), "pdf": (_pdf, "txt")}


def translate_file(suffix: str, data: bytes, translator: Translator, context: Context) -> tuple[bytes, str]:
    kind, out = _KINDS[suffix]
    return kind(data, translator, context), out
