"""What a request to a registry sends."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

__all__ = ["Body", "Sendable"]


class Sendable(Protocol):
    """A file, or what reads like one."""

    def read(self, size: int = -1, /) -> bytes:
        """Up to ``size`` bytes; b"" at the end."""

    def close(self) -> None:
        """Let go of it."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Body:
    """What is sent. ``open`` gives it from its start, anew for each attempt, after which it is closed."""

    open: Callable[[], bytes | Sendable]
    length: int
