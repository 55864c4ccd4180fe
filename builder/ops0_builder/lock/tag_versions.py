"""Whether a build may make its version of git's tags, as setuptools-scm does: then it gets the history, else none.

Read from a few files, none of them executed. Who is taken for one that asks costs a longer fetch, no more.
"""

from __future__ import annotations

import re
from contextlib import suppress
from pathlib import Path

import tomli

from ops0.core.requirements.sources import table_at

_FILES = ("pyproject.toml", "setup.py", "setup.cfg")
_ASKS = re.compile(
    r"setuptools[-_]scm|hatch[-_]vcs|flit[-_]scm|vcs[-_]versioning|versioneer|versioningit|dunamai"
    r"|(?:poetry|uv)-dynamic-versioning|setuptools[-_]git|\bscm\b|miniver|katversion|gitpython|pygit2|dulwich"
    r"|(?<![\w.+/@:-])git(?![\w.+/@:-])",
    re.IGNORECASE,
)


def may_ask_git(tree: Path, inside: str) -> bool:
    """By what the folder's files say, and those at the top. A backend that a tree brings itself may ask anything."""
    for folder in dict.fromkeys((tree / inside, tree)):
        for name in _FILES:
            text = _text(folder / name)
            if _ASKS.search(text):
                return True
            if name == "pyproject.toml" and _own_backend(text):
                return True
    return False


def _own_backend(text: str) -> bool:
    with suppress(ValueError, RecursionError):
        return bool(table_at(tomli.loads(text), "build-system").get("backend-path"))
    return False


def _text(path: Path) -> str:
    """Empty for what is no file; a link may lead anywhere."""
    with suppress(OSError):
        if path.is_file() and not path.is_symlink():
            return path.read_text(encoding="utf-8", errors="replace")
    return ""
