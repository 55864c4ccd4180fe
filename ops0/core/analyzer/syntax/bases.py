"""Which methods a base class of Python or of a library calls of what is derived from it: ``bases.toml``."""

from __future__ import annotations

import re
from functools import lru_cache
from pathlib import Path

import tomli

__all__ = ["askers", "called_by"]


def called_by(base: str) -> re.Pattern[str] | None:
    """The names of the methods that a class calls, by its dotted name; None where it may call any.

    >>> called_by("builtins.ValueError").fullmatch("told"), bool(called_by("threading.Thread").fullmatch("run"))
    (None, True)
    >>> called_by("unknown.Base") is None
    True
    """
    found = _entry(base)
    return found[0] if found is not None else None


def askers(base: str) -> frozenset[str]:
    """The libraries that ask an instance which is handed to them for no more than a class of that name calls.

    >>> "pytorch_lightning" in askers("torch.nn.Module"), askers("pydantic.BaseModel")
    (True, frozenset())
    """
    found = _entry(base)
    return found[1] if found is not None else frozenset()


def _entry(base: str) -> tuple[re.Pattern[str], frozenset[str]] | None:
    table = _table()
    return table.get(base) or table.get(f"{base.rpartition('.')[0]}.*")


@lru_cache(maxsize=1)
def _table() -> dict[str, tuple[re.Pattern[str], frozenset[str]]]:
    data = tomli.loads(Path(__file__).with_name("bases.toml").read_text("utf-8"))
    return {
        name: (_pattern(entry["calls"]), frozenset(entry.get("askers", "").split()))
        for entry in data["base"]
        for name in entry["classes"].split()
    }


def _pattern(calls: str) -> re.Pattern[str]:
    return re.compile("|".join(re.escape(one).replace(r"\*", ".*") for one in calls.split()))
