"""Which index a locked distribution came from, where that is not the usual one; and that it never moves unasked.

A name on an index of one's own may be a stranger's on another. Which file is right its sha256 says; of a new version
nothing says it but where it comes from. So a lock has ``index``, as PEP 751 has it, without a login, for each
distribution of another index than the default one, which is a setting of each machine and may be a mirror.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import tomli

from ops0.core.errors import LockError, raise_together
from ops0.core.locked import LockedDistribution, StepLock
from ops0.core.pipeline import Pipeline, StepName
from ops0_builder.lock.errors import LockDamaged
from ops0_builder.lock.folder import load, lock_texts

__all__ = ["IndexMoved", "IndexNotes", "Notes", "index_notes", "own_indexes", "plain_index"]

Notes = Mapping[StepName, Mapping[str, str]]
"""Step -> name -> index, of what does not come from the usual one."""


class IndexMoved(LockError):
    """What is locked from one index would come from another one, at another version or with other bytes."""

    exit_code = 27

    def __init__(self, name: str, version: str, locked: str, found: str) -> None:
        super().__init__(
            f"{name}: it is locked from {locked}, and {name} {version} would come from {found or 'the usual index'}, "
            "where the name may be a stranger's",
            f"name {locked} to pip or uv again; or, if {name} has moved, tie it to where it is now, "
            f"[tool.uv.sources] {name} = {{ index = … }}, or remove its `index` from ops0.lock",
        )
        self.name, self.locked, self.found = name, locked, found


def plain_index(url: str) -> str:
    """An address as a lock has it: no login, no slash at its end; "" for a folder of this machine.

    >>> plain_index("https://me:secret@x.example/simple/"), plain_index("file:///home/me/wheels")
    ('https://x.example/simple', '')
    """
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https"):
        return ""
    host = parts.netloc.rpartition("@")[2]
    return urlunsplit((parts.scheme, host, parts.path.rstrip("/"), "", ""))


def own_indexes(urls: Iterable[str]) -> frozenset[str]:
    """The addresses that are noted, of indexes beside the default one."""
    return frozenset(map(plain_index, urls)) - {""}


@dataclass(frozen=True, kw_only=True, slots=True)
class IndexNotes:
    """What is locked already, and from where.

    steps: as they are locked;  notes: their indexes
    tied:  names whose index the project names, so that it may be another one
    """

    steps: tuple[StepLock, ...] = ()
    notes: Notes = field(default_factory=dict)
    tied: Collection[str] = ()

    def after(self, steps: Iterable[StepLock], found: Notes) -> Notes:
        """The notes of new locks. What is still the same file keeps its own, for the file says enough.

        found:  where each distribution would come from now
        raises: IndexMoved, all together
        """
        faults: list[LockError] = []
        noted: dict[StepName, dict[str, str]] = {}
        for step in steps:
            for one in step.distributions:
                before, now = self._before(step, one), found.get(step.step, {}).get(one.name, "")
                if before is None:
                    index = now
                elif _same_file(before[0], one):
                    index = before[1]
                else:
                    index = now
                    if before[1] not in ("", now) and one.name not in self.tied:
                        faults.append(IndexMoved(one.name, one.version, before[1], now))
                if index and one.source is None:
                    noted.setdefault(step.step, {})[one.name] = index
        raise_together(list({str(fault): fault for fault in faults}.values()))
        return noted

    def _before(
        self, step: StepLock, one: LockedDistribution
    ) -> tuple[LockedDistribution, str] | None:
        """What was locked under that name for the step, else for another one; and from where."""
        for other in sorted(self.steps, key=lambda entry: entry.step != step.step):
            for entry in other.distributions:
                if entry.name == one.name and entry.source is None:
                    return entry, self.notes.get(other.step, {}).get(one.name, "")
        return None


def _same_file(before: LockedDistribution, now: LockedDistribution) -> bool:
    return (before.sdist or before.wheel).sha256 == (now.sdist or now.wheel).sha256


def index_notes(folder: Path, pipeline: Pipeline, tied: Collection[str]) -> IndexNotes:
    """Those of the lock in that very folder; none where there is none that can be trusted."""
    with suppress(LockDamaged, OSError):
        stored = load(folder, pipeline)
        if stored is not None:
            texts = lock_texts(folder, pipeline).values()
            notes = dict(map(_read, texts))
            return IndexNotes(steps=stored.lock.steps, notes=notes, tied=tied)
    return IndexNotes(tied=tied)


def _read(text: bytes) -> tuple[StepName, dict[str, str]]:
    """The notes of one file, which has been read and trusted but for them."""
    document = tomli.loads(text.decode("utf-8-sig"))
    said = ((one["name"], one.get("index")) for one in document["packages"])
    notes = {name: plain_index(index) for name, index in said if isinstance(index, str)}
    return StepName(document["tool"]["ops0"]["step"]), notes
