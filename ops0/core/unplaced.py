"""What is wrong with something, found where nobody knows in which place it stands."""

from __future__ import annotations

__all__ = ["Unplaced"]


class Unplaced(ValueError):
    """A fact, and what to do about it; not the user's error yet: whoever catches it adds the place."""

    def __init__(self, fact: str, hint: str) -> None:
        super().__init__(fact)
        self.fact, self.hint = fact, hint
