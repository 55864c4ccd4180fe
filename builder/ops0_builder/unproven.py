"""The tag that an image has until it is proved. It names its build, so that one that was left can be told.

``unproven-<seconds since 1970>-<owner, with dots>-<8 hex digits>``. An image's labels cannot say it: they are part of
its bytes, which are the same wherever it is built.
"""

from __future__ import annotations

import re
import time

from ops0.host.engine_socket import EngineSocket
from ops0.host.owner import Owner, is_gone, parse_owner, this_process
from ops0_builder.engine_images import image_tags, remove_tag

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


def remove_unproven(engine: EngineSocket, repositories: str) -> None:
    """Take away the tags that killed builds left. Raises EngineError."""
    for tag in left_tags(engine, repositories):
        remove_tag(engine, tag)
