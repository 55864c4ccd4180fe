"""Arguments that are put together of several results and values: their shape (``values/shape.py``). Pure."""

from __future__ import annotations

from collections.abc import Sequence

from ops0.core.pipeline import FromParts, Input, JsonValue
from ops0.core.values.shape import inner_shapes, is_shape

_SHOWN = 12
"""How many items of one list people are shown."""


def fits(source: FromParts) -> bool:
    """Whether a shape, which may come from elsewhere, is one, and of parts that are there."""
    return is_shape(source.shape, len(source.parts))


def items_of(source: FromParts) -> tuple[Input, ...] | None:
    """The items of a list or tuple, each as an argument of its own; None for a dict."""
    shape = source.shape
    if not isinstance(shape, list) or shape[0] == "dict":
        return None
    return tuple(_alone(source, one) for one in inner_shapes(shape))


def _alone(source: FromParts, shape: JsonValue) -> Input:
    if isinstance(shape, int):
        return source.parts[shape]
    used = _numbers(shape)
    new = {number: at for at, number in enumerate(used)}
    return FromParts(parts=tuple(source.parts[one] for one in used), shape=_renumbered(shape, new))


def _numbers(shape: JsonValue) -> list[int]:
    if isinstance(shape, int):
        return [shape]
    assert isinstance(shape, list)  # noqa: S101 - by the grammar
    return list(dict.fromkeys(number for one in inner_shapes(shape) for number in _numbers(one)))


def _renumbered(shape: JsonValue, new: dict[int, int]) -> JsonValue:
    if isinstance(shape, int):
        return new[shape]
    assert isinstance(shape, list)  # noqa: S101 - by the grammar
    inner = [_renumbered(one, new) for one in inner_shapes(shape)]
    return [*shape[: len(shape) - len(inner)], *inner]


def shape_text(shape: JsonValue, parts: Sequence[str]) -> str:
    """``[<load-eu>, <load-us>]``, as Python would write it; of a long list its beginning, its end and how many it has.

    parts: what stands for each
    """
    if isinstance(shape, int):
        return parts[shape]
    assert isinstance(shape, list)  # noqa: S101 - by the grammar
    told = [shape_text(one, parts) for one in inner_shapes(shape)]
    if shape[0] == "dict":
        keys = shape[1]
        assert isinstance(keys, list)  # noqa: S101 - by the grammar
        told = [f"{key!r}: {one}" for key, one in zip(keys, told, strict=True)]
    if len(told) > _SHOWN:
        told = [*told[: _SHOWN // 2], f"… {len(told)} in all …", told[-1]]
    comma = "," if shape[0] == "tuple" and len(told) == 1 else ""
    marks = {"list": "[]", "tuple": "()", "dict": "{}"}[str(shape[0])]
    return f"{marks[0]}{', '.join(told)}{comma}{marks[1]}"
