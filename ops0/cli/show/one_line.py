"""Text from outside, as one line for a terminal."""

from __future__ import annotations

import re

_CONTROL = re.compile(
    r"\x1b\[[0-?]*[ -/]*[@-~]|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)|[\x00-\x1f\x7f-\x9f]"
)


def plain(text: str, width: int = 100) -> str:
    """Text from outside on one line, without what a terminal would obey."""
    shown = _CONTROL.sub(" ", text).strip()
    return shown if len(shown) <= width else f"{shown[: width - 1]}…"
