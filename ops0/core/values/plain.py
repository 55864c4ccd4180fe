"""Plain data: what JSON gives back exactly as it was. Runs in images: Python 3.8."""

from __future__ import annotations

import json

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_NODES = 1_000_000
_CHARACTERS = 16 * 1024**2
_DEPTH = 64
_INT_BITS = 4096  # Python refuses to read decimals of more than 4300 digits


class _TooMuch(Exception):
    """Too large or too deep for JSON to be a good format."""


def encode(value: Any) -> bytes:
    """Write plain data. Call ``is_plain`` first."""
    return json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode()


def decode(data: bytes) -> Any:
    """Read plain data. Raises ValueError, RecursionError."""
    return json.loads(data)


def is_plain(value: Any) -> bool:
    """Whether JSON gives back an equal value of the same types, at a fair size.

    Exact types only: a subclass of int or str would come back as its base.
    """
    try:
        return _walk(value, [_NODES, _CHARACTERS], _DEPTH)
    except _TooMuch:
        return False


def _walk(value: Any, budget: Any, depth: int) -> bool:
    budget[0] -= 1
    if budget[0] < 0 or depth < 0:
        raise _TooMuch
    kind = type(value)
    if kind is str:
        return _is_text(value, budget)
    if kind is int:
        return bool(value.bit_length() <= _INT_BITS)
    if kind is float:
        return bool(value - value == 0)  # neither infinite nor NaN
    if kind is list:
        return all(_walk(item, budget, depth - 1) for item in value)
    if kind is dict:
        return all(
            type(key) is str and _is_text(key, budget) and _walk(item, budget, depth - 1)
            for key, item in value.items()
        )
    return value is None or kind is bool


def _is_text(text: str, budget: Any) -> bool:
    """Whether UTF-8 has it: two lone surrogates would come back as one character."""
    budget[1] -= len(text)
    if budget[1] < 0:
        raise _TooMuch
    if text.isascii():
        return True
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True
