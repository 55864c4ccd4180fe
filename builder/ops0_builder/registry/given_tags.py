"""The names that images need on the engine for a push of its own: given, noted, and taken away again.

A push that is killed cannot take them away. Its note says which they were and whose they are; the next push to any
registry, or ``ops0 gc``, does it then.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from threading import Lock

from ops0.core.errors import EngineError
from ops0.host.engine_socket import EngineSocket
from ops0.host.folders import cache_dir, write_aside
from ops0.host.owner import Owner, is_gone, parse_owner, take_lease, this_process
from ops0_builder.engine.engine_images import add_tag, image_id, remove_tag
from ops0_builder.registry.client import Manifest
from ops0_builder.registry.joining import load_index


def notes_dir() -> Path:
    """Where the notes are, one file for each push that lives or was killed."""
    return cache_dir() / "given-tags"


@dataclass(frozen=True, kw_only=True, slots=True)
class LeftTags:
    """What a killed push left. ``images``: the engine's id by the name that was given to it."""

    note: Path
    images: Mapping[str, str]

    def take_away(self, engine: EngineSocket) -> None:
        """Take away the names that still mean these images, and the note. Raises EngineError."""
        for name, digest in self.images.items():
            if image_id(engine, name) == digest:
                remove_tag(engine, name)
        self.note.unlink(missing_ok=True)


class GivenTags:
    """Names of one push. Threads may share it."""

    def __init__(
        self, engine: EngineSocket, images: Mapping[str, str], indexes: Mapping[str, Manifest]
    ) -> None:
        self._engine, self._images, self._indexes = engine, images, indexes
        self._giving = Lock()
        self._closed = False

    def give(self, name: str) -> None:
        """Give an image its name, where it has none yet and the block has not ended. Raises EngineError."""
        digest = self._images.get(name)
        if digest is None:
            return
        with self._giving:
            if self._closed:
                return
            if digest in self._indexes:
                load_index(self._engine, self._indexes[digest], name)
            else:
                add_tag(self._engine, digest, name)

    def close(self) -> None:
        """Give no more."""
        with self._giving:
            self._closed = True

    def take_away(self, name: str) -> None:
        """Take it away again, where it was given. What the engine refuses is tried once more at the end."""
        with suppress(EngineError):
            if name in self._images and image_id(self._engine, name) == self._images[name]:
                remove_tag(self._engine, name)


@contextmanager
def given_tags(
    engine: EngineSocket, images: Mapping[str, str], indexes: Mapping[str, Manifest] | None
) -> Iterator[GivenTags]:
    """Names that the engine does not have yet, noted for a block, in which they are given to images.

    images:  the engine's id by name;  indexes: by digest those among them that the engine has yet to get
    raises:  what giving one raises; where one cannot be taken away, the note stays
    """
    given = GivenTags(engine, images, indexes or {})
    if not images:
        yield given
        return
    note = notes_dir() / f"{secrets.token_hex(8)}.json"
    told = {"owner": str(take_lease()), "engine": engine.address.text, "images": dict(images)}
    write_aside(note, json.dumps(told).encode())
    try:
        yield given
    finally:
        given.close()
        with suppress(EngineError):
            LeftTags(note=note, images=images).take_away(engine)


def left_tags(engine: EngineSocket) -> Iterator[LeftTags]:
    """What pushes left on this engine whose process is gone."""
    asker = this_process()
    for note in sorted(notes_dir().glob("*.json")):
        left = _read(note)
        if left is None:
            continue
        owner, address, images = left
        if address == engine.address.text and owner is not None and is_gone(owner, asker):
            yield LeftTags(note=note, images=images)


def _read(note: Path) -> tuple[Owner | None, str, dict[str, str]] | None:
    """Whose names, on which engine, and which; None for a note that is gone, or that no push wrote."""
    try:
        told = json.loads(note.read_bytes())
        images = {str(name): str(digest) for name, digest in told["images"].items()}
        return parse_owner(str(told["owner"])), str(told["engine"]), images
    except (FileNotFoundError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return None
