"""What Python itself brings and a pipeline function may call on known values: ``zip(A, B)``, ``models.append(x)``."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from itertools import islice
from typing import Any

from ops0.core.analyzer.pipelines.operators import MOST_ITEMS, Refused, check_size
from ops0.core.analyzer.pipelines.pieces import is_open, is_scalar

__all__ = ["FUNCTIONS", "METHODS", "called_function", "called_method"]


def _listed(value: Any) -> list[Any]:
    if is_open(value):
        raise Refused("how many items it has is only known when it runs")
    items = list(islice(iter(value), MOST_ITEMS + 1))
    check_size(items)
    return items


def _ordered(make: Callable[..., Any]) -> Callable[..., Any]:
    def call(*given: Any, **named: Any) -> Any:
        values = _listed(given[0]) if len(given) == 1 else list(given)
        if any(map(is_open, values)):
            raise Refused("what is in it is only known when the pipeline runs")
        if not all(map(is_scalar, values)) or set(named) - {"reverse"}:
            raise Refused("only texts and numbers are put in order before the run")
        return make(values, **named)

    return call


def _plain(make: Callable[..., Any]) -> Callable[..., Any]:
    def call(*given: Any) -> Any:
        if not all(map(is_scalar, given)):
            raise Refused("it is only calculated of texts and numbers before the run")
        return check_size(make(*map(check_size, given)))

    return call


def _zip(*given: Any, strict: bool = False) -> list[Any]:
    lists = [_listed(one) for one in given]
    if strict and len({len(one) for one in lists}) > 1:
        raise ValueError("zip() arguments have different lengths")
    return list(zip(*lists, strict=False))


def _range(*given: Any) -> range:
    made = range(*given)
    if len(made) > MOST_ITEMS:
        raise Refused(f"it has more than {MOST_ITEMS:,} items")
    return made


FUNCTIONS: Mapping[str, Callable[..., Any]] = {
    "abs": _plain(abs),
    "dict": lambda *given, **named: dict(
        *(one if isinstance(one, dict) else map(tuple, _listed(one)) for one in given), **named
    ),
    "enumerate": lambda given, start=0: list(enumerate(_listed(given), start)),
    "float": _plain(float),
    "int": _plain(int),
    "len": len,
    "list": lambda *given: _listed(given[0]) if given else [],
    "max": _ordered(max),
    "min": _ordered(min),
    "range": _range,
    "reversed": lambda given: _listed(given)[::-1],
    "round": _plain(round),
    "sorted": _ordered(sorted),
    "str": _plain(str),
    "sum": _ordered(lambda values: check_size(sum(map(check_size, values)))),
    "tuple": lambda *given: tuple(_listed(given[0])) if given else (),
    "zip": _zip,
}

_CASES = ("capitalize", "lower", "title", "upper")
_ENDS = ("endswith", "lstrip", "removeprefix", "removesuffix", "rstrip", "startswith", "strip")
METHODS: Mapping[type, Mapping[str, Callable[..., Any]]] = {
    str: {
        **{name: _plain(getattr(str, name)) for name in (*_CASES, *_ENDS, "split")},
        "join": lambda text, given: check_size(text.join(_listed(given))),
    },
    list: {name: getattr(list, name) for name in ("append", "extend", "insert", "pop", "copy")},
    dict: {
        **{name: getattr(dict, name) for name in ("get", "pop", "setdefault", "update", "copy")},
        "items": lambda owner: list(dict.items(owner)),
        "keys": list,
        "values": lambda owner: list(dict.values(owner)),
    },
}


def called_function(name: str, given: list[Any], named: dict[str, Any]) -> Any:
    """What one of FUNCTIONS gives. Raises Refused, and what Python itself would raise."""
    return FUNCTIONS[name](*given, **named)


def called_method(owner: Any, name: str, given: list[Any], named: dict[str, Any]) -> Any:
    """What a method of a text, list or dict gives. Raises the same."""
    if name in ("extend", "update") and any(map(is_open, given)):
        raise Refused("how many items it has is only known when it runs")
    kind = next(one for one in METHODS if isinstance(owner, one))
    made = METHODS[kind][name](owner, *given, **named)
    check_size(owner)
    return made
