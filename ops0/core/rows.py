"""Frozen values as JSON and back, each distinct one written once.

A document is a list of rows, one for each dataclass instance, ``[class, field, field, …]``, a part before what holds
it. Inside a row a list stands for a tuple, ``{"r": n}`` for row n, ``{"l": […]}`` for a list and ``{"d": {…}}`` for a
dict. Nothing but the classes that the reader names is ever made, and their fields hold plain data: unlike a pickle, a
document that somebody else wrote can say something wrong, but cannot run anything.
"""

from __future__ import annotations

import marshal
from collections.abc import Iterable, Mapping
from dataclasses import fields, is_dataclass
from functools import cache
from types import ModuleType
from typing import Any

from ops0.core.digest import sha256

__all__ = ["classes_of", "from_rows", "to_rows"]

_PLAIN = frozenset({str, int, float, bool, type(None)})


def classes_of(*modules: ModuleType) -> tuple[type, ...]:
    """The dataclasses that modules hold: all that rows of theirs may make."""
    found = (one for module in modules for one in vars(module).values())
    return tuple(dict.fromkeys(one for one in found if isinstance(one, type) and is_dataclass(one)))


def to_rows(value: Any) -> list[list[Any]]:
    """The rows of a value; its own is the last. The value must not change meanwhile.

    raises: TypeError for what is neither a dataclass instance nor plain data, such as a set
    """
    writing = _Writing()
    own = writing.row(value)
    assert own == len(writing.rows) - 1  # noqa: S101 - nothing holds itself
    return writing.rows


def from_rows(rows: object, classes: Iterable[type]) -> Any:
    """The value of ``to_rows``.

    classes: what may be made
    raises:  ValueError for anything that ``to_rows`` does not give
    """
    known: Mapping[str, tuple[type, tuple[str, ...]]] = {
        one.__name__: (one, _names(one)) for one in classes
    }
    made: list[Any] = []
    try:
        for name, *values in rows:  # type: ignore[attr-defined]
            kind, names = known[name]
            if len(values) != len(names):
                raise ValueError(f"its {name} has {len(values)} fields, this ops0's {len(names)}")
            given = [_read(one, made) for one in values]
            made.append(kind(**dict(zip(names, given, strict=True))))
        return made[-1]
    except (TypeError, KeyError, IndexError, AttributeError, RecursionError) as fault:
        raise ValueError(f"no rows of these classes: {fault!r}") from None


def _read(value: Any, made: list[Any]) -> Any:
    if isinstance(value, list):
        return tuple([_read(one, made) for one in value])
    if isinstance(value, dict):
        ((kind, inside),) = value.items()
        if kind == "r":
            return made[inside]
        if kind == "l":
            return [_read(one, made) for one in inside]
        return {key: _read(one, made) for key, one in inside.items()}
    return value


class _Writing:
    """Rows so far."""

    def __init__(self) -> None:
        self.rows: list[list[Any]] = []
        self.numbers: dict[str, int] = {}
        self.seen: dict[int, int] = {}

    def row(self, value: Any) -> int:
        """The row of a dataclass instance. Equal texts, not equal values, share one: 1 and True are equal."""
        known = self.seen.get(id(value))
        if known is not None:
            return known
        kind: type = type(value)
        names = _names(kind)
        row = [kind.__name__, *self.plain_all([getattr(value, name) for name in names])]
        # Version 0 writes equal rows alike, wherever their texts come from.
        number = self.numbers.setdefault(sha256(marshal.dumps(row, 0)), len(self.rows))
        if number == len(self.rows):
            self.rows.append(row)
        self.seen[id(value)] = number
        return number

    def plain_all(self, values: Iterable[Any]) -> list[Any]:
        """Fields' values as JSON. Most are plain as they are, and calls are what takes time here."""
        return [one if type(one) in _PLAIN else self.plain(one) for one in values]

    def plain(self, value: Any) -> Any:
        """One that is not."""
        if isinstance(value, tuple):
            return self.plain_all(value)
        if isinstance(value, list):
            return {"l": self.plain_all(value)}
        if isinstance(value, dict) and all(type(key) is str for key in value):
            return {"d": dict(zip(value, self.plain_all(value.values()), strict=True))}
        return {"r": self.row(value)}


@cache
def _names(kind: type) -> tuple[str, ...]:
    if not is_dataclass(kind):
        raise TypeError(f"{kind.__name__} is no value that can be kept")
    return tuple(field.name for field in fields(kind) if field.init)
