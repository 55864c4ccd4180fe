"""Half-written files and folders of processes that were killed: what is written aside, and was never renamed.

No lock says that they belong to nobody. Their age does: nothing is written for a day.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import suppress
from functools import partial
from pathlib import Path

from ops0.host.folders import ASIDE, cache_dir, state_dir
from ops0.host.leftovers import Leftover, folder_size, remove_folder

UNTOUCHED_SECONDS = 24 * 3600.0
_DEEPEST = 4
_LARGE = frozenset(("wheels", "git", "uv", "environments", "contexts", "models", "runs"))
"""Folders whose own contents are not looked through: what is written aside lies at their top, or not there."""
_MODELS = (".saving.*", "*/.saving.*", ".mlflow/*/*/.fetching.*")
"""Models that were being kept: of a name of one part or two, on their way to a server, and from there."""


def aside_leftovers(now: float) -> Iterator[Leftover]:
    """Those of this user in the cache and state folders, and models on their way to a server. ``now``: since 1970."""
    before = now - UNTOUCHED_SECONDS
    for home in dict.fromkeys((cache_dir(), state_dir())):
        for path in _files(home, 0):
            if (facts := _untouched(path, before)) is not None:
                yield _leftover(path, facts.st_size, partial(_unlink, path, before))
    models = state_dir() / "models"
    for path in sorted(path for pattern in _MODELS for path in models.glob(pattern)):
        if _all_untouched(path, before):
            yield _leftover(path, folder_size(path), partial(_remove, path, before))


def _leftover(path: Path, size: int, remove: partial[bool]) -> Leftover:
    return Leftover(kind="temporary", name=str(path), size=size, remove=remove)


def _files(folder: Path, depth: int) -> Iterator[Path]:
    """Files with the ending of ``write_aside`` in a folder and, but for large ones, those below."""
    try:
        entries = sorted(os.scandir(folder), key=lambda entry: entry.name)
    except OSError:
        return
    for entry in entries:
        if entry.name.endswith(ASIDE):
            yield Path(entry.path)
        elif depth < _DEEPEST and entry.is_dir(follow_symlinks=False):
            deepest = _DEEPEST if entry.name in _LARGE else depth + 1
            yield from _files(Path(entry.path), deepest)


def _untouched(path: Path, before: float) -> os.stat_result | None:
    """The facts of one of this user's that nothing has written to since."""
    with suppress(OSError):
        facts = path.lstat()
        if facts.st_uid == os.geteuid() and facts.st_mtime < before:
            return facts
    return None


def _all_untouched(folder: Path, before: float) -> bool:
    """Whether it is a folder of this user's that nothing has written to since, nor to what is below."""
    if folder.is_symlink() or not folder.is_dir() or _untouched(folder, before) is None:
        return False
    below = (Path(here, one) for here, *names in os.walk(folder) for ones in names for one in ones)
    return all(_untouched(path, before) is not None for path in below)


def _remove(folder: Path, before: float) -> bool:
    if _all_untouched(folder, before):
        return remove_folder(folder)
    return not folder.exists()


def _unlink(path: Path, before: float) -> bool:
    if _untouched(path, before) is not None:
        with suppress(OSError):
            path.unlink(missing_ok=True)
    return not path.exists()
