"""Remembering results that may ask for each other in circles."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from typing import Generic, TypeVar

__all__ = ["Memo"]

Result = TypeVar("Result")
_NO_CIRCLE = 1 << 30


@dataclass
class Memo(Generic[Result]):
    """Results by key.

    least:   what a key is given that is asked for while it is being worked on: a circle adds nothing to itself. Where
             it does, as ``frame = frame.to_numpy()`` in a loop, what was found is put in once, and all found again
    too_far: what is given at more than ``deepest`` keys in each other, and when ``left`` questions have been asked

    What was found with the help of such answers is remembered only where it can't be wrong: a circle's members are
    found again for whoever asks from outside.
    """

    least: Result
    too_far: Result
    deepest: int
    left: int = 0
    known: dict[Hashable, Result] = field(default_factory=dict)
    _working: dict[Hashable, int] = field(default_factory=dict)
    _so_far: dict[Hashable, Result] = field(default_factory=dict)
    _lowest: int = _NO_CIRCLE

    def get(self, key: Hashable, find: Callable[[], Result]) -> Result:
        """The result for a key, found at most once outside of circles."""
        if key in self.known:
            return self.known[key]
        if key in self._working:
            self._lowest = min(self._lowest, self._working[key])
            return self._so_far.get(key, self.least)
        depth = len(self._working)
        self.left -= 1
        if depth > self.deepest or self.left < 0:
            self._lowest = -1  # nothing around this answer is remembered
            return self.too_far
        before, self._lowest = self._lowest, _NO_CIRCLE
        self._working[key] = depth
        try:
            found = find()
            if self._lowest == depth and found != self.least:
                self._so_far[key] = found
                found = find()
        finally:
            del self._working[key]
            self._so_far.pop(key, None)
        if self._lowest >= depth:
            self.known[key] = found
            self._lowest = before
        else:
            self._lowest = min(before, self._lowest)
        return found
