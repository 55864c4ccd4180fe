"""Text from inside a step, made fit to be shown and stored: it may hold anything, terminal commands too."""

from __future__ import annotations

import re

_COMMANDS = re.compile(
    r"\x1b\[[0-?]*[ -/]*[@-~]"  # colours, cursor
    r"|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)"  # titles, links, the clipboard
    r"|[\x00-\x08\x0b-\x1f\x7f-\x9f]"  # all other control characters but tab and newline
)


def fit_text(text: str, most: int) -> str:
    """At most ``most`` characters, valid UTF-8 when encoded, nothing that a terminal would obey."""
    return _COMMANDS.sub("", text[:most].encode("utf-8", "replace").decode("utf-8"))
