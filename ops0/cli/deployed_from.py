"""From where this user last deployed something: two projects of one name would take each other's place unseen."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path

from ops0.cli.tell import tell_warning
from ops0.core.digest import sha256
from ops0.host.folders import state_dir, write_aside

__all__ = ["note_deployed"]


def note_deployed(place: str, pipeline: str, environment: str, version: int, root: Path) -> None:
    """Note the project of a new version, and warn where the version before it was another project's, still there.

    place: of the records, for people;  root: the project's
    """
    named = sha256(f"{place}\n{pipeline}\n{environment}".encode())[:32]
    note = state_dir() / "deployed-from" / named
    before = root
    with suppress(OSError):  # the version is deployed, whatever becomes of a note about it
        before = Path(os.fsdecode(note.read_bytes()))
    with suppress(OSError):
        write_aside(note, os.fsencode(root))
    if before == root or not before.is_dir():
        return
    tell_warning(
        f"{pipeline} {environment} version {version} takes the place of one from {before}",
        f"a deployment is known by its pipeline's name: if these are two, give one of them another (`name` in its "
        f"settings, or its pipeline function's) and take this back: ops0 rollback {pipeline} --env {environment}",
    )
