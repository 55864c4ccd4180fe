"""Iterators between steps that run in one process: run to their end once, read from the start by each who takes them.

So it is where values are stored: a step that yields has ended when its last item is there, and each consumer, and each
attempt of one, gets all of them. Here the items are held in memory, as every other result is.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from ops0.core.values.stream import is_stream

__all__ = ["Items", "anew", "held", "result_held"]

_HOLDERS = (list, tuple, dict)
_DEEPEST = 8  # as deep as anybody writes the arguments of a call; a list may hold itself


class Items(Iterator[Any]):
    """What an iterator gave, all of it. An iterator itself, for a pipeline that goes through a step's items."""

    __slots__ = ("_all", "_left")

    def __init__(self, items: list[Any]) -> None:
        self._all, self._left = items, iter(items)

    def __next__(self) -> Any:
        return next(self._left)

    def anew(self) -> Items:
        """The same items, from the first."""
        return Items(self._all)


def result_held(result: Any) -> Any:
    """Run the iterator that a step gave to its end, or those in a tuple of results. Raises what they raise."""
    if type(result) is tuple and any(map(is_stream, result)):
        return tuple(map(_held, result))
    return _held(result)


def held(value: Any) -> Any:
    """Run the iterators in a value to their end, so that it can be read more than once. Raises what they raise."""
    return _changed(value, _held)


def anew(value: Any) -> Any:
    """Give a value whose ``Items`` begin with the first; anything else as it is."""
    return _changed(value, lambda one: one.anew() if isinstance(one, Items) else one)


def _held(value: Any) -> Any:
    return Items(list(value)) if is_stream(value) else value


def _changed(value: Any, change: Callable[[Any], Any], depth: int = 0) -> Any:
    """Change a value, or what lists, tuples and dicts hold. What holds nothing that changes stays the same object."""
    if type(value) not in _HOLDERS:
        return change(value)
    parts = list(value.values()) if type(value) is dict else value
    kinds = set(map(type, parts))
    if depth == _DEEPEST or not any(issubclass(kind, (Iterator, *_HOLDERS)) for kind in kinds):
        return value
    new = [_changed(part, change, depth + 1) for part in parts]
    if all(one is other for one, other in zip(new, parts, strict=True)):
        return value
    return dict(zip(value, new, strict=True)) if type(value) is dict else type(value)(new)
