"""Plain data: what JSON gives back exactly as it was. Runs in images: Python 3.8."""

from __future__ import annotations

import json

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Dict, List, Optional

_NODES = 1_000_000
_CHARACTERS = 16 * 1024**2
_DEPTH = 64
_REPEATS = 10_000
_INT_BITS = 4096  # Python refuses to read decimals of more than 4300 digits


class _TooMuch(Exception):
    """Too large or too deep for JSON to be a good format."""


def encode(value: Any) -> bytes:
    """Write plain data. Ask ``repeats`` or ``is_plain`` first."""
    return json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode()


def decode(data: bytes) -> Any:
    """Read plain data. Raises ValueError, RecursionError."""
    return json.loads(data)


def is_plain(value: Any) -> bool:
    """Whether JSON alone gives back an equal value of the same types, at a fair size."""
    return repeats(value) == []


def repeats(value: Any) -> Optional[List[List[int]]]:
    """List what lists and dicts are there again, as ``[number, number of its first]``; None for other data.

    They are numbered as they begin in JSON. Exact types only: a subclass of int or str would come back as its base.
    """
    try:
        walk = _Walk()
        return walk.repeats if walk.takes(value, _DEPTH) else None
    except _TooMuch:
        return None


def joined(value: Any, same: Any) -> Any:
    """Make one again of what ``repeats`` had listed. Raises ValueError for a list that fits no such value."""
    firsts = dict(same)
    if not all(type(at) is type(first) is int and 0 <= first < at for at, first in firsts.items()):
        raise ValueError("not a list of what is there more than once")
    found: List[Any] = []
    whole = _join(value, firsts, found)
    if any(at >= len(found) for at in firsts):
        raise ValueError("more is there more than once than there is")
    return whole


def _join(value: Any, firsts: Dict[int, int], found: List[Any]) -> Any:
    if type(value) not in (list, dict):
        return value
    at = len(found)
    found.append(value)
    for key, inner in enumerate(value) if type(value) is list else value.items():
        value[key] = _join(inner, firsts, found)
    return found[firsts[at]] if at in firsts else value


class _Walk:
    """Goes once through a value, and counts."""

    def __init__(self) -> None:
        self.repeats: List[List[int]] = []
        self._nodes, self._characters, self._count = _NODES, _CHARACTERS, 0
        self._seen: Dict[int, int] = {}

    def takes(self, value: Any, depth: int) -> bool:
        """Whether JSON gives it back. Raises _TooMuch."""
        self._nodes -= 1
        if self._nodes < 0 or depth < 0:
            raise _TooMuch
        kind = type(value)
        if kind is str:
            return self._takes_text(value)
        if kind is int:
            return bool(value.bit_length() <= _INT_BITS)
        if kind is float:
            return bool(value - value == 0)  # neither infinite nor NaN
        if kind is list or kind is dict:
            return self._takes_many(value, depth - 1)
        return value is None or kind is bool

    def _takes_many(self, value: Any, depth: int) -> bool:
        first = self._seen.setdefault(id(value), self._count)
        if first != self._count:
            if len(self.repeats) == _REPEATS:
                raise _TooMuch
            self.repeats.append([self._count, first])
        self._count += 1
        if type(value) is list:
            return all(self.takes(item, depth) for item in value)
        return all(
            type(key) is str and self._takes_text(key) and self.takes(item, depth)
            for key, item in value.items()
        )

    def _takes_text(self, text: str) -> bool:
        """Whether UTF-8 has it: two lone surrogates would come back as one character."""
        self._characters -= len(text)
        if self._characters < 0:
            raise _TooMuch
        if text.isascii():
            return True
        try:
            text.encode()
        except UnicodeEncodeError:
            return False
        return True
