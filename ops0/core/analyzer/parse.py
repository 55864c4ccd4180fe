"""Bytes to a syntax tree, once per file, with one clear error for whatever is no Python."""

from __future__ import annotations

import ast
import gc
import io
import tokenize
import warnings
from bisect import bisect_right
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate

from ops0.core.analyzer.errors import SourceSyntax, SourceTooDeep, SourceUnreadable
from ops0.core.pipeline import Where

__all__ = ["LARGEST_FILE", "Parsed", "parse"]

LARGEST_FILE = 16 * 1024 * 1024
"""Bytes. More than this is data, not code."""


@dataclass(frozen=True)
class Parsed:
    """One file. ``text`` is UTF-8."""

    path: str
    tree: ast.Module
    text: bytes

    @cached_property
    def lines(self) -> tuple[bytes, ...]:
        """With their line ends, split as the tokenizer splits them: the tree's columns are byte offsets in them."""
        return tuple(self.text.splitlines(keepends=True))

    def lines_with(self, word: bytes) -> list[int]:
        """The numbers of the lines in which a word stands, as part of a longer one too."""
        found: list[int] = []
        at = self.text.find(word)
        while at >= 0:
            found.append(bisect_right(self._starts, at))
            at = self.text.find(word, at + 1)
        return found

    @cached_property
    def _starts(self) -> list[int]:
        """Where each line begins."""
        return list(accumulate((len(line) for line in self.lines[:-1]), initial=0))


def parse(path: str, data: bytes) -> Parsed:
    """Parse one file.

    raises: SourceUnreadable, SourceSyntax, SourceTooDeep
    """
    text = _decode(path, data)
    try:
        with warnings.catch_warnings():
            # What the compiler warns of in the user's code is for the user's own linter to say.
            warnings.simplefilter("ignore")
            tree = _tree(text, path)
    except SyntaxError as fault:
        line = fault.lineno or 1
        raise SourceSyntax(Where(path, line), fault.msg or "syntax error", fault.text) from None
    except (RecursionError, MemoryError):
        raise SourceTooDeep(path) from None
    except ValueError as fault:
        raise SourceUnreadable(path, str(fault)) from None
    encoded = text.encode()
    return Parsed(
        path, tree, data if data == encoded else encoded
    )  # most files need no second copy


def _tree(text: str, path: str) -> ast.Module:
    """Parse with the garbage collector at rest.

    A tree is all living objects; looking through them again and again took three quarters of the time of a
    large project.
    """
    resting = gc.isenabled()
    gc.disable()
    try:
        return ast.parse(text, path)
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
    except (SyntaxError, LookupError, ValueError) as fault:
        raise SourceUnreadable(path, f"the encoding is not what the file says: {fault}") from None
    return text.removeprefix("\N{BYTE ORDER MARK}")
