"""What a program said, fit to be shown: without logins, and as much of it as a person reads. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence

__all__ = ["last_lines", "redacted", "said_lines"]

_LONGEST = 500


def redacted(text: str) -> str:
    """The same text without the user part of any URL in it."""
    return re.sub(r"(?<=://)[^\s/@]*(?:@[^\s/@]*)*@", "****@", text)


def said_lines(text: str) -> list[str]:
    """Its lines without logins, those that say something."""
    return [line.rstrip() for line in redacted(text).splitlines() if line.strip()]


def last_lines(lines: Sequence[str], most: int) -> str:
    """The last of some lines, set in from what they are told below."""
    return "\n".join(f"  {line[:_LONGEST]}" for line in lines[-most:])
