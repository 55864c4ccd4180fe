"""What Ctrl-C has cost: nobody is to guess whether minutes are lost."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

__all__ = ["told_if_stopped"]


@contextmanager
def told_if_stopped(text: str) -> Iterator[None]:
    """Give a Ctrl-C in the block a text, told as a hint: what was kept, and what the same command does next."""
    try:
        yield
    except KeyboardInterrupt:
        raise KeyboardInterrupt(text) from None
