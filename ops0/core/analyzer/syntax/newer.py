"""Which Python brought what a line is written in, where an older one takes it for an error. Pure."""

from __future__ import annotations

import re

__all__ = ["newer_python"]

_SINCE: tuple[tuple[tuple[int, int], re.Pattern[str]], ...] = (
    ((3, 11), re.compile(r"^\s*except\s*\*")),
    ((3, 12), re.compile(r"^\s*type\s+\w+\s*(?:\[.*\])?\s*=")),
    ((3, 12), re.compile(r"^\s*(?:async\s+)?(?:def|class)\s+\w+\s*\[")),
    ((3, 12), re.compile(r"""\b(?:[rR]?[fF]|[fF][rR])(["']).*\{[^{}"']*\1[^{}]*\}.*\1""")),
    ((3, 14), re.compile(r"^\s*except\*?\s+[\w.]+\s*,[^:()]+:")),
    ((3, 14), re.compile(r"""(?<!['"\w])(?:[rR]?[tT]|[tT][rR])["']""")),
    ((3, 15), re.compile(r"^\s*lazy\s+(?:import|from)\b")),
)
"""Source: the "What's New" of each Python, under "New Features"."""


def newer_python(line: str, running: tuple[int, int]) -> str | None:
    """The Python that such a line needs at least, where that is newer than the one that has refused it.

    >>> newer_python("type Row = list[int]", (3, 11))
    '3.12'
    >>> newer_python("def load()", (3, 11)) is None
    True
    """
    for since, written in _SINCE:
        if since > running and written.search(line):
            return "{}.{}".format(*since)
    return None
