"""Bytes to a syntax tree, once per file, with one clear error for whatever is no Python."""

from __future__ import annotations

import ast
import gc
import io
import re
import tokenize
import warnings
from collections.abc import Callable
from dataclasses import dataclass

from ops0.core.analyzer.errors import SourceSyntax, SourceTooDeep, SourceUnreadable
from ops0.core.analyzer.syntax.walking import walk
from ops0.core.notebooks.text import KernelLine, WrittenModule
from ops0.core.pipeline import CellLines, Where

__all__ = [
    "LARGEST_FILE",
    "Parse",
    "Parsed",
    "imports_relatively",
    "may_import",
    "parse",
    "split_lines",
    "syntax_tree",
]

LARGEST_FILE = 16 * 1024 * 1024
"""Bytes. More than this is data, not code."""

_DOTTED = re.compile(rb"from[\s\\]*\.")
_IMPORTING = (b"import", b"exec", b"eval")


@dataclass(frozen=True, slots=True)
class Parsed:
    """One file.

    lines:   UTF-8 with their line ends, split as the tokenizer splits them: the tree's columns are byte offsets in them
    cells:   of a notebook, or of a module that one writes; None for a file of Python
    missing: of a notebook: the lines that no step may reach, sorted
    written: of a notebook: the modules that its cells write beside it, by file name
    """

    path: str
    tree: ast.Module
    lines: tuple[bytes, ...]
    cells: CellLines | None = None
    missing: tuple[KernelLine, ...] = ()
    written: tuple[tuple[str, WrittenModule], ...] = ()


Parse = Callable[[str, bytes, "CellLines | None"], Parsed]
"""What parses a file: its path, its bytes, and where they stand in a notebook."""


def parse(path: str, data: bytes, cells: CellLines | None = None) -> Parsed:
    """Parse one file. ``cells``: see Parsed.

    raises: SourceUnreadable, SourceSyntax, SourceTooDeep
    """
    text = _decode(path, data)
    where = cells.where if cells is not None else lambda line: Where(path, line)
    tree = syntax_tree(text, path, where, None if cells is None else "fix the cell")
    return Parsed(path, tree, split_lines(text), cells)


def may_import(parsed: Parsed, node: ast.stmt) -> bool:
    """Whether a statement may hold an import. Most do not, and show it without a walk; a text for ``exec`` says it."""
    decorators = getattr(node, "decorator_list", ())
    first = min([node.lineno, *(one.lineno for one in decorators)])
    text = b"".join(parsed.lines[first - 1 : node.end_lineno])
    return not text.isascii() or any(word in text for word in _IMPORTING)


def imports_relatively(parsed: Parsed) -> bool:
    """Whether a file has an import with leading dots. Most have none, and show it without a walk."""
    return _DOTTED.search(b"".join(parsed.lines)) is not None and any(
        isinstance(node, ast.ImportFrom) and node.level for node in walk(parsed.tree)
    )


def syntax_tree(
    text: str, path: str, where: Callable[[int], Where], hint: str | None
) -> ast.Module:
    """The tree of a text. ``where``: the place of each of its lines. Raises SourceSyntax, SourceTooDeep."""
    try:
        with warnings.catch_warnings():
            # What the compiler warns of in the user's code is for the user's own linter to say.
            warnings.simplefilter("ignore")
            return _tree(text)
    except SyntaxError as fault:
        number = fault.lineno or 1
        # The fault's own text may be that of a file of this name in the folder we stand in.
        line = next(iter(split_lines(text)[number - 1 :]), b"").decode()
        raise SourceSyntax(where(number), fault.msg or "syntax error", line, hint) from None
    except (RecursionError, MemoryError):
        raise SourceTooDeep(path) from None
    except ValueError as fault:
        raise SourceUnreadable(path, str(fault)) from None


def split_lines(text: str) -> tuple[bytes, ...]:
    """The lines of a text as Parsed has them."""
    return tuple(text.encode().splitlines(keepends=True))  # of bytes: at \n, \r and \r\n only


def _tree(text: str) -> ast.Module:
    """Parse with the garbage collector at rest.

    A tree is all living objects; looking through them again and again took three quarters of the time of a
    large project.
    """
    resting = gc.isenabled()
    gc.disable()
    try:
        return ast.parse(text)
    finally:
        if resting:
            gc.enable()


def _decode(path: str, data: bytes) -> str:
    if len(data) > LARGEST_FILE:
        fact = f"{len(data)} bytes are more than a source file may have ({LARGEST_FILE})"
        raise SourceUnreadable(path, fact, "keep data in a data file and open it in the step")
    if b"\0" in data:
        raise SourceUnreadable(path, "the file contains null bytes")
    try:
        encoding, _ = tokenize.detect_encoding(io.BytesIO(data).readline)
        text = data.decode(encoding)
        text.encode()
    except UnicodeDecodeError as fault:
        line = data.count(b"\n", 0, fault.start) + 1
        fact = f"byte {data[fault.start]:#04x} in line {line} is not {fault.encoding.upper()}"
        raise SourceUnreadable(path, fact) from None
    except (SyntaxError, LookupError, ValueError) as fault:
        raise SourceUnreadable(path, f"the encoding is not what the file says: {fault}") from None
    return text.removeprefix("\N{BYTE ORDER MARK}")
