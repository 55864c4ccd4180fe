"""Text from elsewhere, without what a terminal would obey: a step, an image or a registry may say anything."""

from __future__ import annotations

import re

__all__ = ["plain_text"]

_COMMANDS = re.compile(
    r"\x1b\[[0-?]*[ -/]*[@-~]"  # colours, cursor
    r"|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)"  # titles, links, the clipboard
    r"|[\x00-\x08\x0b-\x1f\x7f-\x9f]"  # all other control characters but tab and newline
)


def plain_text(text: str, instead: str = "") -> str:
    r"""Give the text with ``instead`` for each command; tabs and newlines stay.

    >>> plain_text("\x1b[31mred\x1b[0m\n")
    'red\n'
    """
    return _COMMANDS.sub(instead, text)
