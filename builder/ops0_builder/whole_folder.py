"""Whether a folder still has all the files that it was made with: a kill, a power cut or a cleaner of disks took some.

``.whole`` is written last and has for each file ``<bytes> <seconds> <path>`` and a zero; the seconds are those of its
last change, since 1970. A file that was changed since without growing is none that was made with it, as after
``sed -i``; whole seconds, since archives of a cache keep no more. Bytes that a disk has lost without a change are not
seen: to read them all would take longer than to make the folder anew. What was added since does no harm, nor what has
grown: there are packages that write into their own files, and a run beside this one may use them just now.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from pathlib import Path

from ops0.host.folders import write_aside

WHOLE = ".whole"
_CHANGING = "__pycache__"


def mark_whole(folder: Path) -> None:
    """Note what a folder has."""
    lines = (b"%d %d %s\0" % one for one in sorted(_files(folder)))
    write_aside(folder / WHOLE, b"".join(lines))


def is_whole(folder: Path) -> bool:
    """Whether it was noted and has all that since."""
    try:
        lines = (folder / WHOLE).read_bytes().split(b"\0")
        if len(lines) < 2 or lines.pop():
            return False  # the note itself is torn
        place = os.fsencode(folder) + b"/"
        return all(_is_there(place, *line.split(b" ", 2)) for line in lines)
    except (OSError, ValueError, TypeError):
        return False


def _is_there(place: bytes, size: bytes, changed: bytes, name: bytes) -> bool:
    """Whether a file is as it was noted, or has grown. Raises OSError, ValueError."""
    told = os.lstat(place + name)
    if told.st_size != int(size) or stat.S_ISDIR(told.st_mode):
        return told.st_size > int(size) and not stat.S_ISDIR(told.st_mode)
    # The time of a link is lost by many a copy; what it leads to has its own line.
    return stat.S_ISLNK(told.st_mode) or int(told.st_mtime) == int(changed)


def _files(folder: Path) -> Iterator[tuple[int, int, bytes]]:
    place = os.fsencode(folder)
    for parent, folders, names in os.walk(place):
        folders[:] = [one for one in folders if os.fsdecode(one) != _CHANGING]
        for name in names:
            path = parent + b"/" + name
            told = os.lstat(path)
            yield told.st_size, int(told.st_mtime), os.path.relpath(path, place)
