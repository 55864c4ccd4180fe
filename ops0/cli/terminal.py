"""Text fitted to a terminal's width. Elsewhere (a pipe, a CI job) every fact stays on one line."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable
from typing import TextIO

from ops0.cli.command_table import COMMANDS

__all__ = ["columns", "filled", "listed", "short_digest"]

_UNIT = re.compile(
    r"`[^`]*`\S*"  # what is marked
    rf"|(?:ops0 (?:{'|'.join(COMMANDS)})|pip install|docker [a-z]+)\b[^;`]*?(?=[;`]|, |\. |\)|$)\S*"
    r"|\S+"
)
"""Words, and commands: these are copied, so they are not broken even where they are longer than a line."""
_DIGEST = 12
"""Hex digits of a digest that people get to see, as ``docker images`` shows."""
_LEAST = 40


def columns(stream: TextIO) -> int | None:
    """How wide a terminal is; None for what is none. ``COLUMNS`` counts where it is set."""
    if not stream.isatty():
        return None
    told = os.environ.get("COLUMNS", "")
    try:
        width = int(told) if told.isdecimal() else os.get_terminal_size(stream.fileno()).columns
    except OSError:
        return None
    return width if width >= _LEAST else None


def filled(text: str, width: int | None, indent: int, at: int | None = None) -> str:
    """A text in lines of at most ``width``; what cannot be broken may be longer.

    indent: spaces before each further line;  at: what stands before the first one, where that is not ``indent``
    """
    start = indent if at is None else at
    return text if width is None else _joined(_UNIT.findall(text), width, indent, start)


def listed(head: str, items: Iterable[str], width: int | None, indent: int = 2) -> str:
    """``head`` and the items with commas between them; an item is never broken."""
    found = list(items)
    if width is None:
        return head + ", ".join(found)
    parts = [f"{one}," for one in found[:-1]] + found[-1:]
    return head + _joined(parts, width, indent, len(head))


def short_digest(digest: str, stream: TextIO) -> str:
    """``sha256:1f2e…`` with its first digits on a terminal, whole elsewhere."""
    if not stream.isatty():
        return digest
    kind, sign, digits = digest.partition(":")
    return f"{kind}{sign}{digits[:_DIGEST]}" if sign else digest[:_DIGEST]


def _joined(parts: Iterable[str], width: int, indent: int, at: int) -> str:
    """The parts with spaces, or where the next one has no room a new line, between them. ``at``: where the first is."""
    lines: list[str] = []
    line = ""
    for part in parts:
        if (line or at > indent) and at + len(line) + bool(line) + len(part) > width:
            lines.append(line)
            line, at = part, indent
        else:
            line = f"{line} {part}" if line else part
    return f"\n{' ' * indent}".join([*lines, line])
