"""Notes of images that nothing has read for long. A note that is gone costs the question that it answered.

Nothing tells when its image goes from an engine, of which there may be several: so a note goes by its age.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from functools import partial
from pathlib import Path

from ops0.host.folders import cache_dir
from ops0.host.leftovers import Leftover
from ops0_builder.notes import FOLDERS

UNUSED_SECONDS = 30 * 24 * 3600.0


def note_leftovers(now: float) -> Iterator[Leftover]:
    """The notes that nothing has read for a month, those of one folder together. ``now``: seconds since 1970."""
    limit = now - UNUSED_SECONDS
    for folder in (cache_dir() / name for name in FOLDERS):
        found = list(_unused(folder, limit))
        if found:
            yield Leftover(
                kind="notes",
                name=str(folder),
                size=sum(size for _, size in found),
                remove=partial(_remove, folder, limit),
            )


def _unused(folder: Path, limit: float) -> Iterator[tuple[Path, int]]:
    """Those last used before ``limit``, with their bytes."""
    if not folder.is_dir():
        return
    for path in sorted(folder.iterdir()):
        with suppress(FileNotFoundError):
            told = path.lstat()
            if path.is_file() and told.st_mtime < limit:
                yield path, told.st_size


def _remove(folder: Path, limit: float) -> bool:
    """Remove what is still unused. Whoever reads one at this moment asks its image again."""
    for path, _ in _unused(folder, limit):
        with suppress(OSError):
            path.unlink(missing_ok=True)
    return not any(_unused(folder, limit))
