"""Arguments that are put together of several results and values: their shape. The grammar stands in FromParts. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from ops0.core.pipeline import FromParts, Input, JsonValue

DEEPEST = 50
"""How many lists, tuples and dicts an argument may have in each other."""
_SHOWN = 12
"""How many items of one list people are shown."""


def fits(source: FromParts) -> bool:
    """Whether a shape, which may come from elsewhere, is one, and of parts that are there."""
    return _fits(source.shape, len(source.parts), 0)


def _fits(shape: JsonValue, parts: int, depth: int) -> bool:
    if type(shape) is int:
        return 0 <= shape < parts
    if not isinstance(shape, list) or not shape or depth > DEEPEST:
        return False
    kind, inner = shape[0], shape[1:]
    if kind == "dict":
        keys = inner[0] if inner else None
        if not isinstance(keys, list) or any(isinstance(key, (list, dict)) for key in keys):
            return False
        inner = inner[1:]
        if len(keys) != len(inner):
            return False
    return kind in ("list", "tuple", "dict") and all(_fits(one, parts, depth + 1) for one in inner)


def items_of(source: FromParts) -> tuple[Input, ...] | None:
    """The items of a list or tuple, each as an argument of its own; None for a dict."""
    shape = source.shape
    if not isinstance(shape, list) or shape[0] == "dict":
        return None
    return tuple(_alone(source, one) for one in shape[1:])


def _alone(source: FromParts, shape: JsonValue) -> Input:
    if isinstance(shape, int):
        return source.parts[shape]
    used = _numbers(shape)
    new = {number: at for at, number in enumerate(used)}
    return FromParts(parts=tuple(source.parts[one] for one in used), shape=_renumbered(shape, new))


def _numbers(shape: JsonValue) -> list[int]:
    if isinstance(shape, int):
        return [shape]
    assert isinstance(shape, list)  # noqa: S101 - see FromParts
    inner = shape[2:] if shape[0] == "dict" else shape[1:]
    return list(dict.fromkeys(number for one in inner for number in _numbers(one)))


def _renumbered(shape: JsonValue, new: dict[int, int]) -> JsonValue:
    if isinstance(shape, int):
        return new[shape]
    assert isinstance(shape, list)  # noqa: S101 - see FromParts
    first = 2 if shape[0] == "dict" else 1
    return [*shape[:first], *(_renumbered(one, new) for one in shape[first:])]


def shape_text(shape: JsonValue, parts: Sequence[str]) -> str:
    """``[<load-eu>, <load-us>]``, as Python would write it; of a long list its beginning, its end and how many it has.

    parts: what stands for each
    """
    if isinstance(shape, int):
        return parts[shape]
    assert isinstance(shape, list)  # noqa: S101 - see FromParts
    if shape[0] == "dict":
        keys = shape[1]
        assert isinstance(keys, list)  # noqa: S101 - see FromParts
        told = [
            f"{key!r}: {shape_text(one, parts)}" for key, one in zip(keys, shape[2:], strict=True)
        ]
    else:
        told = [shape_text(one, parts) for one in shape[1:]]
    if len(told) > _SHOWN:
        told = [*told[: _SHOWN // 2], f"… {len(told)} in all …", told[-1]]
    comma = "," if shape[0] == "tuple" and len(told) == 1 else ""
    marks = {"list": "[]", "tuple": "()", "dict": "{}"}[str(shape[0])]
    return f"{marks[0]}{', '.join(told)}{comma}{marks[1]}"
