"""The values that a pipeline function handles while it is read, and how they become arguments of calls.

What is known before the run is the plain Python value itself, also lists, tuples and dicts; in them, as alone, stand
a call's result (FromCall), a parameter of the run (FromParam) and a step that is still to be called (StepItself).
BROKEN is what a fault has been told of.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from ops0.core.analyzer.pipelines.declared_steps import DeclaredStep
from ops0.core.pipeline import FromCall, FromConstant, FromParam, FromParts, Input, JsonValue, Part
from ops0.core.values.shape import DEEPEST

__all__ = [
    "BROKEN",
    "FixedDict",
    "FixedList",
    "StepItself",
    "Unfit",
    "as_input",
    "fixed",
    "is_changeable",
    "is_open",
    "is_scalar",
]

_MOST_PARTS = 10_000


class _Broken:
    """See BROKEN."""


BROKEN: Final = _Broken()


class FixedList(list[Any]):
    """A list that stands in a module: others see it too, so a pipeline must not change it."""


class FixedDict(dict[Any, Any]):
    """The same for a dict."""


@dataclass(frozen=True)
class StepItself:
    """A step that is named and not called: ``for fit in [tree, forest]``. ``name``: as it stands in the code."""

    step: DeclaredStep
    name: str


class Unfit(Exception):
    """A value that cannot be an argument. The text is the fact, or empty."""


def fixed(value: Any) -> Any:
    """The value with all its lists and dicts as those of a module."""
    if isinstance(value, dict):
        return FixedDict((key, fixed(one)) for key, one in value.items())
    if isinstance(value, list):
        return FixedList(map(fixed, value))
    return tuple(map(fixed, value)) if isinstance(value, tuple) else value


def is_open(value: Any) -> bool:
    """Whether only the run knows it."""
    return isinstance(value, (FromCall, FromParam))


def is_scalar(value: Any) -> bool:
    """Whether it is a text, a number, a bool or None."""
    return value is None or isinstance(value, (str, int, float))


def is_changeable(value: Any) -> bool:
    """Whether it is a list or dict that the pipeline itself has made."""
    return isinstance(value, (list, dict)) and not isinstance(value, (FixedList, FixedDict))


def as_input(value: Any) -> Input:
    """A value as an argument of a call. Raises Unfit."""
    if is_open(value):
        source: Input = value
        return source
    making = _Making([], iter(range(_MOST_PARTS)))
    if not making.has_open(value, 0):
        try:
            return FromConstant(value=_json(value, exact=False))
        except Unfit:
            if not isinstance(value, (dict, list, tuple)):
                raise
    shape = making.shape(value)
    return FromParts(parts=tuple(making.parts), shape=shape)


@dataclass
class _Making:
    """Parts so far, and how many more places may be looked at."""

    parts: list[Part]
    left: Iterator[int]

    def has_open(self, value: Any, depth: int) -> bool:
        """Whether there is something in it that only the run knows."""
        if depth > DEEPEST or next(self.left, None) is None:
            raise Unfit(f"it has more than {_MOST_PARTS:,} parts, or too many in each other")
        if isinstance(value, dict):
            value = tuple(value.values())
        if isinstance(value, (list, tuple, range)):
            found = [self.has_open(one, depth + 1) for one in value]
            return any(found)
        return is_open(value)

    def shape(self, value: Any) -> JsonValue:
        """See FromParts."""
        if not is_open(value):
            try:
                return self._part(FromConstant(value=_json(value, exact=True)))
            except Unfit:
                if not isinstance(value, (dict, list, tuple)):
                    raise
        if isinstance(value, dict):
            if not all(map(is_scalar, value)):
                raise Unfit("")
            return ["dict", list(value), *map(self.shape, value.values())]
        if isinstance(value, (list, tuple)):
            kind = "list" if isinstance(value, list) else "tuple"
            return [kind, *map(self.shape, value)]
        return self._part(value)

    def _part(self, part: Part) -> int:
        self.parts.append(part)
        return len(self.parts) - 1


def _json(value: Any, *, exact: bool) -> JsonValue:
    """A known value as JSON. ``exact``: tuples are none; else they are lists, as JSON has them."""
    if value is None or isinstance(value, (bool, str, int)):
        return value
    if isinstance(value, float) and value - value == 0:
        return value
    if isinstance(value, (list, range)) or (isinstance(value, tuple) and not exact):
        if len(value) > _MOST_PARTS:
            raise Unfit(f"it has more than {_MOST_PARTS:,} items")
        return [_json(one, exact=exact) for one in value]
    if isinstance(value, dict) and all(isinstance(key, str) for key in value):
        return {key: _json(one, exact=exact) for key, one in value.items()}
    raise Unfit("")
