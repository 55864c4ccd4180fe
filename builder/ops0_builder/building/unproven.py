"""The tag that an image has until it is proved. It names its build, so that one that was left can be told.

``unproven-<seconds since 1970>-<owner, with dots>-<8 hex digits>``. An image's labels cannot say it: they are part of
its bytes, which are the same wherever it is built.
"""

from __future__ import annotations

import re
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from ops0.core.errors import EngineError
from ops0.host.engine_socket import EngineSocket
from ops0.host.folders import write_aside
from ops0.host.owner import Owner, is_gone, parse_owner, this_process
from ops0_builder.engine.engine_images import image_tags, remove_tag

STALE_SECONDS = 24 * 3600.0
"""No build takes longer: a tag of that age was left, whoever made it."""

_MARK = re.compile(r"unproven-(?P<made>[0-9]{1,12})(?:-(?P<owner>.+))?-[0-9a-f]+")


def unproven_mark(owner: Owner, now: float, salt: str) -> str:
    """The tag of one build's images. ``now``: seconds since 1970;  ``salt``: hex digits. At most 128 characters."""
    return f"unproven-{int(now)}-{str(owner).replace('/', '.')}-{salt}"


def is_unproven(tag: str) -> bool:
    """Whether a tag, without its repository, is that of an image not yet proved."""
    return tag.startswith("unproven-")


def is_left(mark: str, asker: Owner, now: float) -> bool:
    """Whether a tag is an unproven image's whose build is over: its owner is gone, or it is too old."""
    found = _MARK.fullmatch(mark)
    if found is None:
        return False
    owner = parse_owner((found["owner"] or "").replace(".", "/"))
    gone = owner is not None and is_gone(owner, asker)
    return gone or now - int(found["made"]) > STALE_SECONDS


def left_tags(engine: EngineSocket, repositories: str) -> tuple[str, ...]:
    """The tags that killed builds left in repositories such as ``ops0/flow/*``. Raises EngineError."""
    asker, now = this_process(), time.time()
    tags = image_tags(engine, repositories)
    return tuple(tag for tag in tags if is_left(tag.rpartition(":")[2], asker, now))


@contextmanager
def noted_tags(note: Path, tags: Iterable[str], engine: EngineSocket) -> Iterator[None]:
    """Note tags before they are given, and take them away when the block ends, however it ends.

    note: the pipeline's own file, written under its build lock; it stays where a build was killed
    """
    names = tuple(tags)
    write_aside(note, "".join(f"{tag}\n" for tag in names).encode())
    try:
        yield
    finally:
        with suppress(EngineError):  # the first error tells more; the note stays for the next build
            _take_away(note, names, engine)


def remove_noted(note: Path, engine: EngineSocket) -> None:
    """Take away the tags that a killed build noted. Asks for those alone: listing all images takes seconds.

    raises: EngineError
    """
    try:
        tags = note.read_text(encoding="utf-8").split()
    except FileNotFoundError:
        return
    _take_away(note, tuple(tag for tag in tags if is_unproven(tag.rpartition(":")[2])), engine)


def _take_away(note: Path, tags: tuple[str, ...], engine: EngineSocket) -> None:
    for tag in tags:
        remove_tag(engine, tag)
    note.unlink(missing_ok=True)
