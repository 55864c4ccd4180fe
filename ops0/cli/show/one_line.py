"""Text from outside, as one line for a terminal."""

from __future__ import annotations

import re

from ops0.core.plain_text import plain_text

_BLANK = re.compile(r"[\t\n]")


def plain(text: str, width: int = 100) -> str:
    """Text from outside on one line, without what a terminal would obey."""
    shown = _BLANK.sub(" ", plain_text(text, " ")).strip()
    return shown if len(shown) <= width else f"{shown[: width - 1]}…"
