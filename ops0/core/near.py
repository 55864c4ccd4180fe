"""What a name that nobody knows may have meant. Pure."""

from __future__ import annotations

from collections.abc import Iterable

__all__ = ["NEAR", "did_you_mean", "nearest"]

NEAR = 0.65
"""How close a known name is that may have been meant."""


def nearest(name: str, known: Iterable[str], most: int = 1, close: float = NEAR) -> tuple[str, ...]:
    """Up to ``most`` of the known names, the closest first. ``close``: 1.0 is the same, 0.0 is anything."""
    from difflib import get_close_matches  # noqa: PLC0415 - only for a slip

    return tuple(get_close_matches(name, list(known), most, close))


def did_you_mean(name: str, known: Iterable[str], more: str = "", *, close: float = NEAR) -> str:
    """A hint: ``did you mean 'load'?``, where a known name is close, and behind it what there is to say anyway."""
    near = nearest(name, known, close=close)
    return " ".join(part for part in (f"did you mean '{near[0]}'?" if near else "", more) if part)
