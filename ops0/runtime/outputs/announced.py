"""Artifacts of an attempt that failed: no manifest names them, so its runner has, one by one, while it lived."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from pathlib import Path

from ops0.core.api.tracking import MOST_ARTIFACTS
from ops0.core.errors import EngineError
from ops0.runtime.engine import Member
from ops0.runtime.outputs.manifest import BadManifest, ValueFile, distinct, parse_files
from ops0.runtime.outputs.results import BadOutput, keep_files


class Announced:
    """What was announced so far, each name with the last that was said of it."""

    def __init__(self) -> None:
        self._said: dict[str, ValueFile] = {}

    def hear(self, said: Mapping[str, object]) -> None:
        """Take one announcement; what is too much, or makes no sense, is dropped."""
        name = said.get("name")
        if not isinstance(name, str) or not (
            name in self._said or len(self._said) < MOST_ARTIFACTS
        ):
            return
        with suppress(BadManifest):
            (self._said[name],) = parse_files([said])

    @property
    def files(self) -> tuple[ValueFile, ...]:
        """All of them."""
        return tuple(self._said.values())

    def keep(self, members: Iterable[Member], folder: Path) -> tuple[ValueFile, ...]:
        """Copy those that are there and whole into a folder. A failure that is told already hides none of its own."""
        if not self._said:
            return ()
        try:
            files = distinct(self.files, "artifacts")
            keep_files(_only(members, {file.name for file in files}), files, folder)
        except (BadManifest, BadOutput, EngineError, OSError):
            return ()
        return files


def _only(members: Iterable[Member], names: set[str]) -> Iterator[Member]:
    """Without what was being written when the attempt ended."""
    for member in members:
        if member.name in names or member.kind != "file":
            yield member
