"""Which statements of a function count where a name is read: from the one that has bound it anew for sure."""

from __future__ import annotations

import ast
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

__all__ = ["BEGINNING", "Rebinding", "Seen"]

At = tuple[int, int]
"""A line and a column."""
Seen = tuple[At, At]
"""From where to where a function's statements count where a name is read; from BEGINNING: its parameters too."""

BEGINNING: At = (-1, -1)
_SCOPES = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)


@dataclass(frozen=True, slots=True)
class _Block:
    """Statements that run one after the other: of a function, of a loop, of a branch."""

    starts: tuple[At, ...]
    end: At

    def end_of_statement(self, at: At) -> At:
        """Where the statement that stands there ends."""
        following = bisect_right(self.starts, at)
        return self.starts[following] if following < len(self.starts) else self.end


@dataclass
class Rebinding:
    """The assignments of one function, each with the block that it stands in."""

    own: _Block | None = None
    anew: dict[str, list[tuple[At, At, _Block]]] = field(default_factory=dict)

    @staticmethod
    def of(statements: Sequence[ast.stmt]) -> Rebinding:
        """Read the body of a function; what stands in definitions inside is theirs."""
        found = Rebinding()
        found.own = found._read(statements)
        return found

    def _read(self, statements: Sequence[ast.stmt]) -> _Block:
        block = _Block(tuple(map(_start, statements)), _end(statements[-1]))
        for statement in statements:
            for name in _assigned(statement):
                self.anew.setdefault(name, []).append((_start(statement), _end(statement), block))
            for inner in _blocks_in(statement):
                self._read(inner)
        return block

    def seen_from(self, node: ast.expr, name: str) -> Seen | None:
        """What counts for a name that is read there; None: all.

        The last assignment before it whose block the reader stands in too has run, whichever way led here; after it
        counts what the statement of that block holds in which the name is read, a loop's whole body.
        """
        at = (node.lineno, node.col_offset)
        every = self.anew.get(name, ())
        ran = [one for one in every if one[1] <= at and one[2].starts[0] <= at < one[2].end]
        if ran:
            start, _, block = max(ran, key=lambda one: one[0])
            return start, _last(every, block, at)
        if self.own is not None and any(block is self.own for _, _, block in every):
            return BEGINNING, _last(every, self.own, at)
        return None


def _last(every: Sequence[tuple[At, At, _Block]], block: _Block, at: At) -> At:
    """Where what counts ends: of ``x = f(x)`` what is read is what x was before."""
    own = (start for start, end, of in every if of is block and start <= at < end)
    return next(own, None) or block.end_of_statement(at)


def _assigned(statement: ast.stmt) -> Iterator[str]:
    for target in statement.targets if isinstance(statement, ast.Assign) else ():
        for one in target.elts if isinstance(target, (ast.Tuple, ast.List)) else (target,):
            if isinstance(one, ast.Name):
                yield one.id


def _blocks_in(statement: ast.stmt) -> Iterator[list[ast.stmt]]:
    """The blocks of a compound statement."""
    if isinstance(statement, _SCOPES):
        return
    parts = (*getattr(statement, "handlers", ()), *getattr(statement, "cases", ()))
    for holder in (statement, *parts):
        for name in ("body", "orelse", "finalbody"):
            inner = getattr(holder, name, None)
            if inner:
                yield inner


def _start(statement: ast.stmt) -> At:
    return statement.lineno, statement.col_offset


def _end(statement: ast.stmt) -> At:
    return statement.end_lineno or statement.lineno, statement.end_col_offset or 0
