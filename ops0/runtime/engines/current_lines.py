"""A failure told on the lines of the user's current text. Pure but for reading what an image was built from.

An edit that only moves lines builds nothing (see ops0_builder.planning.keys), so an image may hold older lines
than the project. Both texts have the same syntax tree: walking the two side by side tells where each line stands now.
"""

from __future__ import annotations

import ast
import re
import warnings
from bisect import bisect_right
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace

from ops0.runtime.engines.traceback_lines import FRAME
from ops0.runtime.errors import Failure

_CARETS = re.compile(r"[ ~^]*")
_LEFT_OUT = re.compile(r"\.\.\.<(\d{1,9}) lines?>\.\.\.")
_NEWLINE = re.compile(r"\r\n|\r|\n")

ReadBuilt = Callable[[str], bytes]
"""The bytes of one of the user's files as the image has it. Raises Unreadable."""


class Unreadable(Exception):
    """Why lines cannot be found again. Told as a remark below the traceback, never raised to the user."""


@dataclass(frozen=True, slots=True)
class LineMap:
    """Lines of a built text and where they are now, sorted by the first. Lines count from 1."""

    pairs: tuple[tuple[int, int], ...]

    def now(self, line: int) -> int:
        """Where a line is now. One on which nothing begins moves with the nearest above it."""
        index = bisect_right(self.pairs, (line, 2**62))
        if index == 0:
            return line
        built, current = self.pairs[index - 1]
        return current + line - built


def line_map(built: str, current: str) -> LineMap:
    """Where the lines of a text are in another of the same syntax tree.

    Where a line has been broken into several, the one on which its outermost part begins.
    raises: Unreadable where the trees differ or a text has none
    """
    found: dict[int, int] = {}
    for one, other in _side_by_side(_tree(built), _tree(current)):
        if hasattr(one, "lineno") and hasattr(other, "lineno"):
            found.setdefault(one.lineno, other.lineno)
    return LineMap(tuple(sorted(found.items())))


def on_current_lines(failure: Failure, current: Mapping[str, str], read: ReadBuilt) -> Failure:
    """The failure with every frame in the user's files, and its place, on the lines of the current texts.

    current: the step's files by path. A frame in any other file stays as it is
    """
    maps = _Maps(current, read)
    traceback = "\n".join(_frames(failure.traceback.split("\n"), maps))
    where = failure.where
    if where is not None:
        path, _, line = where.rpartition(":")
        if line.isdecimal() and (lines := maps.of(path)) is not None:
            where = f"{path}:{lines.now(int(line))}"
    if traceback and maps.faults:
        end = "" if traceback.endswith("\n") else "\n"
        traceback += end + "".join(f"[{fault}]\n" for fault in maps.faults.values())
    return replace(failure, traceback=traceback, where=where)


class _Maps:
    """The line maps of a step's files, each made when it is first asked for."""

    def __init__(self, current: Mapping[str, str], read: ReadBuilt) -> None:
        self.faults: dict[str, str] = {}
        self._current, self._read = current, read
        self._known: dict[str, LineMap | None] = {}

    def of(self, path: str) -> LineMap | None:
        """None for files that are not the step's, and for those whose lines have not changed or cannot be found."""
        if path not in self._known:
            self._known[path] = self._make(path) if path in self._current else None
        return self._known[path]

    def lines(self, path: str) -> list[str]:
        """The current lines of one of the step's files."""
        return _NEWLINE.split(self._current[path])

    def _make(self, path: str) -> LineMap | None:
        try:
            built = self._read(path).decode()
            return None if built == self._current[path] else line_map(built, self._current[path])
        except (Unreadable, UnicodeDecodeError) as fault:
            self.faults[path] = f"lines in {path} are those that the image was built from: {fault}"
            return None


def _frames(lines: list[str], maps: _Maps) -> Iterator[str]:
    at = 0
    while at < len(lines):
        frame = FRAME.fullmatch(lines[at])
        found = maps.of(frame["path"]) if frame else None
        at += 1
        if frame is None or found is None:
            yield lines[at - 1]
            continue
        margin, number = frame["margin"], found.now(int(frame["line"]))
        yield f'{margin}File "{frame["path"]}", line {number}{frame["rest"]}'
        begin = at
        while at < len(lines) and _is_shown(lines[at], margin):
            at += 1
        shown = [line[len(margin) + 2 :] for line in lines[begin:at]]
        for text in _source(shown, maps.lines(frame["path"]), number):
            yield f"{margin}  {text}"


def _is_shown(line: str, margin: str) -> bool:
    """Whether a line shows source or marks it, below its frame."""
    return line.startswith(f"{margin}  ") and FRAME.fullmatch(line) is None


def _source(shown: list[str], lines: list[str], number: int) -> list[str]:
    """What a frame shows: as it was while that is how the current text reads, else the current line without marks."""
    at = number - 1
    for text in shown:
        if _CARETS.fullmatch(text):
            continue
        left_out = _LEFT_OUT.fullmatch(text.strip())
        if left_out:
            at += int(left_out[1])
        elif at < len(lines) and lines[at].strip() == text.strip():
            at += 1
        else:
            return [lines[number - 1].strip()] if number <= len(lines) else []
    return shown


def _tree(text: str) -> ast.AST:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # the user's odd escapes are not this module's subject
            return ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError) as fault:
        raise Unreadable(f"it cannot be parsed ({type(fault).__name__})") from None


def _side_by_side(built: ast.AST, current: ast.AST) -> Iterator[tuple[ast.AST, ast.AST]]:
    """The nodes of two equal trees in pairs, outer before inner, in the order of the text. Raises Unreadable."""
    todo = [(built, current)]
    while todo:
        one, other = todo.pop()
        if type(one) is not type(other) or _plain_fields(one) != _plain_fields(other):
            raise Unreadable("its code differs from the current text")
        yield one, other
        inner = [list(ast.iter_child_nodes(node)) for node in (one, other)]
        if len(inner[0]) != len(inner[1]):
            raise Unreadable("its code differs from the current text")
        todo.extend(reversed(list(zip(*inner, strict=True))))


def _plain_fields(node: ast.AST) -> list[tuple[str, str]]:
    """The names and numbers of a node itself, by ``repr``: ``1`` is not ``True``."""
    return [
        (name, repr(value))
        for name, value in ast.iter_fields(node)
        if not isinstance(value, (ast.AST, list))
    ]
