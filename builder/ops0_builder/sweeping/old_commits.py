"""Commits of repositories that no lock has been made from for long. They can be fetched again."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from functools import partial
from pathlib import Path

from ops0.host.folders import cache_dir, lock_if_free
from ops0.host.leftovers import Leftover, folder_size, remove_folder
from ops0_builder.sweeping.old_wheels import IN_USE_SECONDS


def commit_leftovers(now: float, older_than: float) -> Iterator[Leftover]:
    """Those used longer ago than ``older_than`` seconds, and not within a day."""
    kept = cache_dir() / "git"
    before = now - max(older_than, IN_USE_SECONDS)
    for folder in sorted(kept.glob("[0-9a-f]*-*")):
        with suppress(FileNotFoundError):
            used = folder.stat().st_mtime
            if used < before:
                yield Leftover(
                    kind="commit",
                    name=str(folder),
                    size=folder_size(folder),
                    remove=partial(_remove, kept / ".lock", folder, used),
                )


def _remove(lock: Path, folder: Path, used: float) -> bool:
    """Remove it unless somebody is at work with a commit, or has used this one since."""
    with lock_if_free(lock) as free:
        if not free or not folder.is_dir() or folder.stat().st_mtime > used:
            return False
        return remove_folder(folder)
