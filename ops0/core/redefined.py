"""Where a step stands that is defined again, as people do in a notebook while they work on it. Pure."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from ops0.core.errors import Ops0Error

__all__ = ["joined"]

S = TypeVar("S")
T = TypeVar("T")


def joined(
    steps: Sequence[S], place: Callable[[S], Any], join: Callable[[Sequence[S]], T]
) -> tuple[Sequence[S], T]:
    """The steps in the order that counts, and what ``join`` makes of them.

    A step that was defined again stays where it was first defined. Where that makes no pipeline, it was moved on
    purpose, and stands where it was defined last.

    steps:  in the order of their last definitions;  place: where each was first defined
    raises: what ``join`` raises for the first order, where it raises for both
    """
    kept = sorted(steps, key=place)
    try:
        return kept, join(kept)
    except Ops0Error as fault:
        if all(one is other for one, other in zip(kept, steps, strict=True)):
            raise
        try:
            return steps, join(steps)
        except Ops0Error:
            raise fault from None
