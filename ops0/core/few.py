"""Lists of names as people read them. Pure."""

from __future__ import annotations

from collections.abc import Sequence

__all__ = ["few"]


def few(names: Sequence[str], most: int) -> str:
    """The first names, and how many there are beside.

    >>> few(["a", "b"], 2), few(["a", "b", "c"], 2)
    ('a, b', 'a, b and 1 more')
    """
    named, rest = ", ".join(names[:most]), len(names) - most
    return f"{named} and {rest} more" if rest > 0 else named
