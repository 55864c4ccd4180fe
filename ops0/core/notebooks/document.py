"""The file format: a notebook's bytes to its code cells. Whatever is no notebook gives one clear error.

Source: https://nbformat.readthedocs.io/en/latest/format_description.html, versions 3 and 4.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass

from ops0.core.notebooks.errors import NotebookUnreadable

__all__ = ["Cell", "code_cells", "is_notebook"]

_LARGEST_NOTEBOOK = 128 * 1024 * 1024
"""Bytes, outputs included."""

_NEWEST = 4
_CONFLICT = b"<<<<<<< "


@dataclass(frozen=True, slots=True)
class Cell:
    r"""One code cell.

    number:   among all cells of the notebook, those with text too, from 1
    text:     lines end in ``\n``
    language: where the cell itself names one (format 3)
    """

    number: int
    text: str
    language: str | None = None


def is_notebook(path: str) -> bool:
    """Whether a file of that name is read as a notebook."""
    return path.endswith(".ipynb")


def code_cells(path: str, data: bytes) -> tuple[Cell, ...]:
    """The code cells, in order. Raises NotebookUnreadable."""
    document = _document(path, data)
    version = document.get("nbformat", _NEWEST)
    if type(version) is not int or version < 1:
        raise NotebookUnreadable(path, "'nbformat' is no version number")
    if version > _NEWEST:
        fact = f"is a notebook of format {version}; ops0 knows formats 3 and {_NEWEST}"
        raise NotebookUnreadable(path, fact, "save it in format 4, or update ops0")
    _check_language(path, document)
    found = (_cell(path, number, one) for number, one in _cells(path, document, version))
    return tuple(cell for cell in found if cell is not None)


def _document(path: str, data: bytes) -> dict[str, object]:
    if len(data) > _LARGEST_NOTEBOOK:
        fact = f"{len(data)} bytes are more than a notebook may have ({_LARGEST_NOTEBOOK})"
        raise NotebookUnreadable(path, fact, "clear its outputs")
    if not data.strip():
        raise NotebookUnreadable(path, "the file is empty")
    try:
        document = json.loads(data)
    except json.JSONDecodeError as fault:
        fact = f"is no notebook: line {fault.lineno} is no JSON: {fault.msg}"
        raise NotebookUnreadable(path, fact, _hint(data)) from None
    except (RecursionError, MemoryError):
        raise NotebookUnreadable(path, "is nested too deeply to be read") from None
    except ValueError as fault:
        raise NotebookUnreadable(path, f"is no notebook: {str(fault)[:120]}") from None
    if not isinstance(document, dict):
        raise NotebookUnreadable(path, "is no notebook: its JSON is no object")
    return document


def _hint(data: bytes) -> str | None:
    if _CONFLICT in data:
        return "it holds the marks of a merge conflict: resolve it"
    if not data.lstrip().startswith(b"{"):
        return "a notebook is JSON; if it is a Python script, let its name end in .py"
    return None


def _check_language(path: str, document: dict[str, object]) -> None:
    """A notebook of R or Julia has the same format; its cells are no Python."""
    metadata = document.get("metadata")
    if not isinstance(metadata, dict):
        return
    for key, name in (("language_info", "name"), ("kernelspec", "language")):
        table = metadata.get(key)
        language = table.get(name) if isinstance(table, dict) else None
        if isinstance(language, str) and language:
            if language.lower() not in ("python", "ipython", "python3"):
                fact = f"its cells are {language[:40]}, not Python"
                raise NotebookUnreadable(path, fact, "give a notebook with a Python kernel")
            return


def _cells(path: str, document: dict[str, object], version: int) -> Iterator[tuple[int, object]]:
    holders: object = [document] if version >= 4 else document.get("worksheets")
    if not isinstance(holders, list):
        raise NotebookUnreadable(path, "has no list 'worksheets', where format 3 keeps its cells")
    number = 0
    for holder in holders:
        cells = holder.get("cells") if isinstance(holder, dict) else None
        if not isinstance(cells, list):
            raise NotebookUnreadable(path, "is no notebook: it has no list 'cells'")
        for one in cells:
            number += 1
            yield number, one


def _cell(path: str, number: int, cell: object) -> Cell | None:
    if not isinstance(cell, dict):
        raise NotebookUnreadable(path, "is no object", cell=number)
    kind = cell.get("cell_type")
    if not isinstance(kind, str):
        raise NotebookUnreadable(path, "'cell_type' is no text", cell=number)
    if kind != "code":
        return None
    key = "source" if "source" in cell or "input" not in cell else "input"
    language = cell.get("language")
    text = _text(path, number, key, cell.get(key))
    return Cell(number, text, language if isinstance(language, str) else None)


def _text(path: str, number: int, key: str, source: object) -> str:
    if isinstance(source, list) and all(isinstance(one, str) for one in source):
        source = "".join(source)
    if not isinstance(source, str):
        fact = f"'{key}' is neither a text nor a list of texts"
        raise NotebookUnreadable(path, fact, cell=number)
    if "\0" in source:
        raise NotebookUnreadable(path, f"'{key}' contains null bytes", cell=number)
    try:
        source.encode()
    except UnicodeEncodeError:
        fact = f"'{key}' contains half of a surrogate pair"
        raise NotebookUnreadable(path, fact, "type the character again", cell=number) from None
    return source.replace("\r\n", "\n").replace("\r", "\n")
