"""Which methods a base class of Python or of a library calls of what is derived from it: ``bases.toml``."""

from __future__ import annotations

import re
from functools import lru_cache
from pathlib import Path

import tomli

__all__ = ["called_by"]


def called_by(base: str) -> re.Pattern[str] | None:
    """The names of the methods that a class calls, by its dotted name; None where it may call any.

    >>> called_by("builtins.ValueError").fullmatch("told"), bool(called_by("threading.Thread").fullmatch("run"))
    (None, True)
    >>> called_by("unknown.Base") is None
    True
    """
    table = _table()
    return table.get(base) or table.get(f"{base.rpartition('.')[0]}.*")


@lru_cache(maxsize=1)
def _table() -> dict[str, re.Pattern[str]]:
    data = tomli.loads(Path(__file__).with_name("bases.toml").read_text("utf-8"))
    return {
        name: _pattern(entry["calls"])
        for entry in data["base"]
        for name in entry["classes"].split()
    }


def _pattern(calls: str) -> re.Pattern[str]:
    return re.compile("|".join(re.escape(one).replace(r"\*", ".*") for one in calls.split()))
