"""The table of what a kernel's lines are called: kernel.toml."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

import tomli

__all__ = ["listed"]


def listed(table: str, key: str) -> frozenset[str]:
    """One list of the table."""
    return _lists()[table, key]


@lru_cache(maxsize=1)
def _lists() -> dict[tuple[str, str], frozenset[str]]:
    found = tomli.loads(Path(__file__).with_name("kernel.toml").read_text("utf-8"))
    return {
        (table, key): frozenset(text.split())
        for table, lists in found.items()
        for key, text in lists.items()
    }
