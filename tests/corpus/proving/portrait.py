"""A value as a text that is the same wherever the value is: what two runs are compared by. Needs only Python."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from itertools import islice
from typing import Any

ADDRESS = re.compile(r"0x[0-9a-f]{6,}")
DEPTH = 12
MOST = 500
"""Elements of an iterator that are looked at."""

PLAIN = (bool, int, float, complex, str, bytes, type(None))


def portrait(value: Any, depth: int = 0) -> Any:
    """What a value is, of numbers, texts and lists: of a library's object its type and all that it holds."""
    kind = type(value)
    if kind in PLAIN:
        return repr(value)
    if depth > DEPTH:
        return name_of(kind)
    return contents(value, kind, depth + 1)


def contents(value: Any, kind: type, deeper: int) -> Any:
    """The portrait of what holds other values."""
    if kind in (list, tuple):
        return [kind.__name__, *(portrait(one, deeper) for one in value)]
    if kind in (set, frozenset):
        return [kind.__name__, *sorted(str(portrait(one, deeper)) for one in value)]
    if kind is dict:
        return ["dict", *([portrait(key, deeper), portrait(one, deeper)] for key, one in value.items())]  # fmt: skip
    if isinstance(value, type) or kind.__name__ in ("function", "builtin_function_or_method"):
        return f"the {name_of(value)}"
    if isinstance(value, Iterator) and not hasattr(value, "read"):
        return ["iterator", *(portrait(one, deeper) for one in islice(value, MOST))]
    return [name_of(kind), portrait(held_by(value), deeper)]


def held_by(value: Any) -> Any:
    """What an object that is no value of Python's own consists of."""
    for _, way in filter(lambda pair: fits(value, pair[0]), WAYS):
        return way(value)
    if isinstance(value, BaseException):
        return value.args
    if isinstance(value, Mapping):
        return dict(value)
    held = getattr(value, "__dict__", None)
    if isinstance(held, dict) and held and type(value).__repr__ is object.__repr__:
        return {key: one for key, one in held.items() if not key.startswith("__")}
    if isinstance(value, (list, tuple, set)):
        return list(value)
    return ADDRESS.sub("0x", repr(value))


def fits(value: Any, name: str) -> bool:
    """Whether a value is of a class of a library, or of one below it; nothing is imported for that."""
    return any(name_of(one) == name for one in type(value).__mro__)


WAYS: tuple[tuple[str, Callable[[Any], Any]], ...] = (
    ("pandas.core.frame.DataFrame", lambda x: (x.to_dict("split"), list(map(str, x.dtypes)))),
    ("pandas.DataFrame", lambda x: (x.to_dict("split"), list(map(str, x.dtypes)))),
    ("pandas.core.series.Series", lambda x: (x.to_dict(), str(x.dtype), x.name)),
    ("pandas.Series", lambda x: (x.to_dict(), str(x.dtype), x.name)),
    ("numpy.ndarray", lambda x: (str(x.dtype), x.shape, x.tolist())),
    ("numpy.generic", lambda x: (str(x.dtype), x.tolist())),
    ("polars.dataframe.frame.DataFrame", lambda x: (x.to_dict(as_series=False), list(map(str, x.dtypes)))),
    ("polars.lazyframe.frame.LazyFrame", lambda x: x.collect()),
    ("sklearn.base.BaseEstimator", vars),
)  # fmt: skip
"""Libraries' values whose own text would leave something out."""


def name_of(kind: Any) -> str:
    """A class or function, with its module."""
    return f"{getattr(kind, '__module__', '?')}.{getattr(kind, '__qualname__', kind)}"
