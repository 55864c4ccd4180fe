"""Distributions that stand in a folder or file of this machine: their names and imports, read without running them."""

from __future__ import annotations

import ast
import configparser
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Protocol

from ops0.core.requirements.names import canonicalize_name
from ops0.core.requirements.sources import Sourced, table_at
from ops0.core.toml_text import tables_of
from ops0.core.unplaced import Unplaced

STATED_IN = ("pyproject.toml", "setup.cfg", "setup.py")
"""The files of a folder that may say what its distribution is called."""


@dataclass(frozen=True, kw_only=True, slots=True, order=True)
class LocalDistribution:
    """One of them.

    name:     normalised;  path: from the project's root, POSIX: ``../libs/acme``, ``dist/acme-1.0-py3-none-any.whl``
    provides: import prefixes, sorted; () where only a build would tell
    """

    name: str
    path: str
    provides: tuple[str, ...] = ()


class NoDistribution(Unplaced):
    """There is none at a place, or only running it would tell its name."""


class Places(Protocol):
    """What stands beside a project, also outside of its root."""

    @property
    def root(self) -> str:
        """The project's root, absolute."""

    def at(self, path: str) -> LocalDistribution:
        """The distribution in a folder or file, named from the root. Raises NoDistribution."""

    def sources(self, path: str) -> tuple[Sourced, ...]:
        """Where a folder's distribution says that its dependencies stand: paths from the root, or addresses."""

    def workspace_lock(self) -> tuple[str, bytes] | None:
        """The ``uv.lock`` of a workspace whose root lies above the project's: its path from there, and its bytes."""


class Nowhere:
    """No folder at all: for files that have no disk."""

    root = ""

    def at(self, path: str) -> LocalDistribution:
        """See Places."""
        del path
        raise NoDistribution("is not there", "add it, or drop the line")

    def sources(self, path: str) -> tuple[Sourced, ...]:
        """See Places."""
        del path
        return ()

    def workspace_lock(self) -> None:
        """See Places."""


def stated_name(read: Callable[[str], bytes | None]) -> str | None:
    """The normal name of the distribution in a folder, where its files state it; None where only a build tells.

    read: the bytes of one of STATED_IN, None where there is none
    """
    for name, find in zip(STATED_IN, (_in_pyproject, _in_setup_cfg, _in_setup_py), strict=True):
        data = read(name)
        found = find(data.decode("utf-8", "replace")) if data is not None else None
        if found:
            return canonicalize_name(found)
    return None


def _in_pyproject(text: str) -> str | None:
    document = tables_of(text.encode()) or {}
    for path in (("project",), ("tool", "poetry"), ("tool", "flit", "metadata")):
        table = table_at(document, *path)
        name = table.get("name", table.get("module"))
        if isinstance(name, str):
            return name
    return None


def _in_setup_cfg(text: str) -> str | None:
    parser = configparser.RawConfigParser()
    with suppress(configparser.Error):
        parser.read_string(text)
        return parser.get("metadata", "name", fallback=None)
    return None


def _in_setup_py(text: str) -> str | None:
    with suppress(SyntaxError, ValueError, RecursionError):
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.Call) and _called(node.func) == "setup":
                for given in node.keywords:
                    if given.arg == "name" and isinstance(given.value, ast.Constant):
                        return str(given.value.value)
    return None


def _called(function: ast.expr) -> str:
    return function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")
