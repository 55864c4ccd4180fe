"""What is printed to a person whole, and what only begins: a screen has room for the beginning. Pure."""

from __future__ import annotations

__all__ = ["LINES", "beginning"]

LINES = 40
_CHARACTERS = 4_000


def beginning(text: str) -> tuple[str, str]:
    """The text as far as it is shown, and how much is left out; "" where nothing is.

    >>> beginning("a text")
    ('a text', '')
    >>> beginning("x" * 5_000)[1]
    '1,000 more characters'
    """
    lines = text.splitlines(keepends=True)
    shown = "".join(lines[:LINES])
    if len(shown) > _CHARACTERS:
        return text[:_CHARACTERS], _more(len(text) - _CHARACTERS, "character")
    rest = len(lines) - LINES
    return shown.rstrip("\n") if rest > 0 else text, _more(rest, "line") if rest > 0 else ""


def _more(count: int, what: str) -> str:
    return f"{count:,} more {what}{'' if count == 1 else 's'}"
