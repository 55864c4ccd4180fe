"""How an argument is put together of several parts: the grammar of its shape, read. Runs in images: Python 3.8.

A number is the part of that number; ``["list", shape, …]`` and ``["tuple", shape, …]`` hold shapes,
``["dict", [key, …], shape, …]`` has a shape for each key, which is a text, a number, a bool or null.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, List, Sequence

DEEPEST = 50
"""How many lists, tuples and dicts an argument may have in each other."""


def is_shape(shape: Any, parts: int, depth: int = 0) -> bool:
    """Whether it, which may come from elsewhere, is a shape of that many parts."""
    if type(shape) is int:
        return 0 <= shape < parts
    if not isinstance(shape, list) or not shape or depth > DEEPEST:
        return False
    if shape[0] not in ("list", "tuple", "dict"):
        return False
    if shape[0] == "dict":
        keys = shape[1] if len(shape) > 1 else None
        if not isinstance(keys, list) or len(keys) != len(shape) - 2:
            return False
        if any(isinstance(key, (list, dict)) for key in keys):
            return False
    return all(is_shape(one, parts, depth + 1) for one in inner_shapes(shape))


def inner_shapes(shape: List[Any]) -> List[Any]:
    """Give the shapes that a list, tuple or dict holds, in order."""
    return shape[2 if shape[0] == "dict" else 1 :]


def put_together(shape: Any, parts: Sequence[Any]) -> Any:
    """Make the argument of its parts."""
    if isinstance(shape, int):
        return parts[shape]
    made = [put_together(one, parts) for one in inner_shapes(shape)]
    if shape[0] == "dict":
        return dict(zip(shape[1], made))
    return tuple(made) if shape[0] == "tuple" else made
