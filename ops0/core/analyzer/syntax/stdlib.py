"""What the target Python brings along: its standard library's top-level names, not those of the host."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

import tomli

from ops0.core.analyzer.syntax.targets import version_of

__all__ = ["is_of_another_python", "is_stdlib"]


def is_stdlib(module: str, python: str) -> bool:
    """Whether a dotted module belongs to that Python's standard library.

    >>> is_stdlib("tomllib", "3.11"), is_stdlib("tomllib", "3.10"), is_stdlib("distutils.core", "3.12")
    (True, False, False)
    """
    return module.partition(".")[0] in _names(python)


def is_of_another_python(module: str) -> bool:
    """Whether some Python has a dotted module of that name, back to Python 2."""
    return module.partition(".")[0] in _ever()


@lru_cache(maxsize=1)
def _ever() -> frozenset[str]:
    table = tomli.loads(Path(__file__).with_name("stdlib.toml").read_text("utf-8"))
    return frozenset(f"{table['names']} {table['python2']}".split())


@lru_cache(maxsize=16)
def _names(python: str) -> frozenset[str]:
    table = tomli.loads(Path(__file__).with_name("stdlib.toml").read_text("utf-8"))
    version = version_of(python)
    late = {name for name, since in table["since"].items() if version < version_of(since)}
    gone = {name for name, until in table["until"].items() if version >= version_of(until)}
    return frozenset(table["names"].split()) - late - gone
