"""Something that nobody owns any more, as a value: what ``ops0 gc`` names and removes."""

from __future__ import annotations

import os
import shutil
import stat
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

Kind = Literal[
    "container",
    "volume",
    "tag",
    "image",
    "work",
    "wheels",
    "wheel",
    "commit",
    "push",
    "environment",
    "context",
    "notes",
    "result",
    "temporary",
]


@dataclass(frozen=True, kw_only=True, slots=True)
class Leftover:
    """One thing to remove.

    name:   as the engine calls it, or a folder's path
    size:   bytes that nothing else holds; None where nobody knows
    remove: gives whether it is gone. False: somebody has come to use it, or it may not be removed
    """

    kind: Kind
    name: str
    size: int | None
    remove: Callable[[], bool]


def folder_size(folder: Path) -> int:
    """Bytes of the files that only this folder holds: one with a second name (a hard link) does not count."""
    total = 0
    for parent, _, names in os.walk(folder):
        for name in names:
            try:
                facts = Path(parent, name).lstat()
            except FileNotFoundError:
                continue
            if stat.S_ISREG(facts.st_mode) and facts.st_nlink == 1:
                total += facts.st_size
    return total


def remove_folder(folder: Path) -> bool:
    """Remove a folder with all in it, as far as this user may. Gives whether it is gone."""
    shutil.rmtree(folder, ignore_errors=True)
    if folder.is_dir():
        _open_folders(folder)
        shutil.rmtree(folder, ignore_errors=True)
    return not folder.exists()


def _open_folders(folder: Path) -> None:
    """Let this user into folders of its own that were closed, as package caches do with what they hold."""
    with suppress(OSError):
        folder.chmod(0o700)
    for parent, names, _ in os.walk(folder):
        for name in names:
            inner = Path(parent, name)
            with suppress(OSError):
                if not inner.is_symlink():
                    inner.chmod(0o700)
