"""Whether values have the types that their classes declare: rows that somebody else wrote say anything."""

from __future__ import annotations

import types
from dataclasses import fields, is_dataclass
from functools import cache
from typing import Any, ForwardRef, Literal, NewType, Union, get_args, get_origin, get_type_hints


def conforms(value: Any, hint: Any) -> bool:
    """Whether a value, and all that it holds, is of a declared type.

    hint: a plain type, a frozen dataclass, NewType, tuple, list, dict, Union or Literal of them; a name in quotes
          stands for JSON
    """
    if isinstance(hint, NewType):
        return conforms(value, hint.__supertype__)
    if isinstance(hint, ForwardRef):
        return _is_json(value)
    origin, inner = get_origin(hint), get_args(hint)
    if origin in (Union, types.UnionType):
        return any(conforms(value, one) for one in inner)
    if origin is Literal:
        return any(type(value) is type(one) and value == one for one in inner)
    return _is_plain(value, hint) if origin is None else _holds(value, origin, inner)


def _is_plain(value: Any, hint: Any) -> bool:
    if hint is float:
        return type(value) in (int, float)
    return type(value) is hint and (not is_dataclass(hint) or _fields_conform(value))


def _holds(value: Any, origin: Any, inner: tuple[Any, ...]) -> bool:
    if type(value) is not origin:
        return False
    if origin is dict:
        return all(conforms(k, inner[0]) and conforms(v, inner[1]) for k, v in value.items())
    if origin is list:
        return all(conforms(one, inner[0]) for one in value)
    if inner[-1] is Ellipsis:
        return all(conforms(one, inner[0]) for one in value)
    return len(value) == len(inner) and all(map(conforms, value, inner))


def _fields_conform(value: Any) -> bool:
    kind: type = type(value)
    hints = _hints(kind)
    return all(conforms(getattr(value, one.name), hints[one.name]) for one in fields(value))


@cache
def _hints(kind: type) -> dict[str, Any]:
    return get_type_hints(kind)


def _is_json(value: Any) -> bool:
    if isinstance(value, list):
        return all(map(_is_json, value))
    if isinstance(value, dict):
        return all(type(key) is str and _is_json(one) for key, one in value.items())
    return value is None or type(value) in (bool, int, float, str)
