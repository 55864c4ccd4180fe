"""Answers about things that are known again by which object they are: to compare them takes longer than to answer."""

from __future__ import annotations

from collections.abc import Hashable
from typing import Generic, TypeVar

__all__ = ["ByIdentity"]

About = TypeVar("About")
Answer = TypeVar("Answer")


class ByIdentity(Generic[About, Answer]):
    """Kept answers. What each is about lives on with it, so that no other object gets its identity."""

    def __init__(self) -> None:
        self._known: dict[tuple[Hashable, ...], tuple[About, Answer]] = {}

    def get(self, about: About, *more: Hashable) -> Answer | None:
        """What was kept; None for nothing. ``more``: what else the answer depends on."""
        known = self._known.get((id(about), *more))
        return None if known is None else known[1]

    def keep(self, answer: Answer, about: About, *more: Hashable) -> Answer:
        """Keep an answer, and give it."""
        key = (id(about), *more)
        self._known[key] = about, answer
        return answer
