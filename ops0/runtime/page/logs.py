"""A log as the page shows it: whole where it is short, else its beginning and its end."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from ops0.runtime.outputs.text import fit_text
from ops0.runtime.page.words import size_words

MOST, ALL_LOGS = 256 * 1024, 16 * 2**20
"""Bytes of one log, and of all logs of a page together."""
_LEAST = 4096


@dataclass(frozen=True, slots=True)
class LogShown:
    """``head``, and behind what was ``left_out`` (as text; "" where nothing was) ``tail``."""

    head: str
    left_out: str
    tail: str
    size: str


def read_log(path: Path, logs: int) -> LogShown | None:
    """One log of a page that shows ``logs`` of them; None where nothing was printed."""
    most = max(_LEAST, min(MOST, ALL_LOGS // logs))
    try:
        size = path.stat().st_size
        with path.open("rb") as file:
            if size <= most:
                return _shown(file.read(most), b"", 0, size)
            head = file.read(most // 4)
            file.seek(size - most * 3 // 4)
            return _shown(head, file.read(), size - most, size)
    except OSError:
        return None


def _shown(head: bytes, tail: bytes, left_out: int, size: int) -> LogShown | None:
    if not size:
        return None
    left = size_words(left_out) if left_out else ""
    return LogShown(_text(head), left, _text(tail), size_words(size))


def _text(data: bytes) -> str:
    return fit_text(data.decode("utf-8", "replace"), len(data)).rstrip("\n")
