"""Whether a folder still has all the files that it was made with: a kill, a power cut or a cleaner of disks took some.

``.whole`` is written last and has for each file ``<bytes> <path>`` and a zero. Other bytes of the same number are not
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
    lines = (b"%d %s\0" % one for one in sorted(_files(folder)))
    write_aside(folder / WHOLE, b"".join(lines))


def is_whole(folder: Path) -> bool:
    """Whether it was noted and has all that since."""
    try:
        lines = (folder / WHOLE).read_bytes().split(b"\0")
        if len(lines) < 2 or lines.pop():
            return False  # the note itself is torn
        place = os.fsencode(folder)
        for line in lines:
            size, _, name = line.partition(b" ")
            told = os.lstat(place + b"/" + name)
            if told.st_size < int(size) or stat.S_ISDIR(told.st_mode):
                return False
    except (OSError, ValueError):
        return False
    return True


def _files(folder: Path) -> Iterator[tuple[int, bytes]]:
    place = os.fsencode(folder)
    for parent, folders, names in os.walk(place):
        folders[:] = [one for one in folders if os.fsdecode(one) != _CHANGING]
        for name in names:
            path = parent + b"/" + name
            yield os.lstat(path).st_size, os.path.relpath(path, place)
