"""Where logical lines start: the one thing that must be known before a line can be taken for a kernel's.

Strings, comments, brackets and backslashes at the end are all that decide it, see the section "Logical lines" of
https://docs.python.org/3/reference/lexical_analysis.html. A test holds it to Python's tokenizer on real code.
"""

from __future__ import annotations

import ast
import re
import warnings
from collections.abc import Iterator
from dataclasses import dataclass

__all__ = ["Line", "logical_lines"]

_PIECE = re.compile(r"#[^\n]*|'''|\"\"\"|['\"]|[(\[{]|[)\]}]|\\\n|\n")
_ENDS = {
    "'": re.compile(r"\\.|'|\n", re.DOTALL),
    '"': re.compile(r'\\.|"|\n', re.DOTALL),
    "'''": re.compile(r"\\.|'''", re.DOTALL),
    '"""': re.compile(r'\\.|"""', re.DOTALL),
}
_ESCAPED = re.compile(r"[ \t\f]*(?:%{1,2}|!{1,2}|\?{1,2}|[,;/])[^\n]*")
_ASSIGNED = re.compile(r"(?P<target>[^=!%#\n]+)=[ \t]*[%!](?!=)[^\n]*")


@dataclass(frozen=True, slots=True)
class Line:
    r"""One logical line.

    number:  of its first physical line in the cell, from 1
    text:    with its line ends
    code:    without a comment at its end, and stripped
    escaped: it starts with a kernel's mark, or assigns what one gives; then ``\`` alone continues it
    """

    number: int
    text: str
    code: str
    escaped: bool = False


def logical_lines(text: str) -> Iterator[Line]:
    """Cut a cell into logical lines; together they are the cell again."""
    at, number = 0, 1
    while at < len(text):
        end = _escaped_at(text, at)
        if end is not None:
            line = Line(number, text[at:end], text[at:end].strip(), escaped=True)
        else:
            end, comment = _end(text, at)
            line = Line(number, text[at:end], text[at : min(end, comment)].strip())
        yield line
        number += line.text.count("\n")
        at = end


def _escaped_at(text: str, at: int) -> int | None:
    """Where a kernel's line that starts here ends; None for a line of Python."""
    found = _ESCAPED.match(text, at)
    if found is None:
        found = _ASSIGNED.match(text, at)
        if found is None or not _is_target(found["target"]):
            return None
    end = found.end()
    while end < len(text) and text[end - 1] == "\\":
        following = text.find("\n", end + 1)
        end = len(text) if following < 0 else following
    return min(end + 1, len(text))


def _is_target(text: str) -> bool:
    """Whether something can be assigned to what stands before a ``=``, which may stand in a string as well."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            ast.parse(f"{text.strip()} = 0")
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    return True


def _end(text: str, at: int) -> tuple[int, int]:
    """Where the logical line ends, and where its last comment starts."""
    depth, comment = 0, len(text)
    while (piece := _PIECE.search(text, at)) is not None:
        at = piece.end()
        found = piece[0]
        if found in _ENDS:
            at = _string_end(text, at, found)
        elif found == "\n" and depth == 0:
            return at, comment
        elif found in ("(", "[", "{"):
            depth += 1
        elif found in (")", "]", "}"):
            depth = max(0, depth - 1)
        elif found.startswith("#"):
            comment = piece.start() if depth == 0 else len(text)
    return len(text), comment


def _string_end(text: str, at: int, quote: str) -> int:
    """Where a string ends. One that is not closed ends with its line, or with the cell."""
    for piece in _ENDS[quote].finditer(text, at):
        if piece[0] == quote:
            return piece.end()
        if piece[0] == "\n":
            return piece.start()
    return len(text)
