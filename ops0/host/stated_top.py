"""The top of a project that only the code tells: a file may put a folder above its own on ``sys.path``."""

from __future__ import annotations

import stat
from pathlib import Path

from ops0.core.errors import Ops0Error
from ops0.core.folders import home_dir
from ops0.core.project_files import Source
from ops0.host.settings_owners import Trusted

__all__ = ["stated_top"]


def stated_top(source: Source, entry: Path, folder: Path, trusted: Trusted) -> Path:
    """The highest folder that a file puts on ``sys.path``, if that is above ``folder``; else ``folder``.

    source: the files of ``folder``. None counts that is the user's home or above, a stranger's, or everybody's to
    write to: what stands there is nobody's project.
    """
    data = source.read(entry.name) if entry.parent == folder else None
    if data is None or b"sys.path" not in data:
        return folder
    from ops0.core.analyzer.hidden.syspath import levels_above  # noqa: PLC0415 - few files ask

    try:
        levels = levels_above(source, entry.name)
    except (Ops0Error, RecursionError):  # told by whoever reads the file
        return folder
    top = folder
    for place in folder.parents[:levels]:
        if place in (home_dir(), *home_dir().parents) or _is_open(place, trusted):
            break
        top = place
    return top


def _is_open(place: Path, trusted: Trusted) -> bool:
    return trusted.stranger(place) is not None or bool(place.stat().st_mode & stat.S_IWOTH)
