"""Which index a locked distribution came from, where that is not the usual one; and that it does not move unasked.

A name on an index of one's own may be a stranger's on another. Which file is right its sha256 says; of a new version
nothing says it but where it comes from. So a lock has the origin of each distribution that is not from the default
index, which is a setting of each machine and may be a mirror.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from ops0.core.errors import LockError, raise_together
from ops0.core.locked import LockedDistribution, LockedFile, StepLock, Target
from ops0.core.near import did_you_mean
from ops0.core.pipeline import StepName
from ops0_builder.lock.errors import HashMismatch, RequirementUnfit
from ops0_builder.lock.noted import Noted, noted_in
from ops0_builder.lock.origins import LOCAL, origin
from ops0_builder.lock.settings import LockSettings

Notes = Mapping[StepName, Mapping[str, str]]
"""Step -> name -> origin, of what does not come from the usual index."""
_SHOWN = {"": "the usual index", LOCAL: "a folder of wheels"}


class IndexMoved(LockError):
    """What is locked from one index would come from another one, at other versions or with other bytes.

    moved: the distributions, as ``name version``
    """

    exit_code = 27

    def __init__(self, moved: tuple[str, ...], locked: str, found: str) -> None:
        whose = "the name may be a stranger's" if len(moved) == 1 else "names may be strangers'"
        super().__init__(
            f"{', '.join(moved)}: locked from {_SHOWN.get(locked, locked)}, would come from "
            f"{_SHOWN.get(found, found)}, where {whose}",
            f"name {_SHOWN.get(locked, locked)} to pip or uv again; where a name has moved, tie it to where it is "
            f"now ([tool.uv.sources] {moved[0].partition(' ')[0]} = {{ index = … }}); "
            f"to let all of them move: ops0 lock --moved-from {locked}",
        )
        self.moved, self.locked, self.found = moved, locked, found


@dataclass(frozen=True, kw_only=True, slots=True)
class IndexNotes:
    """What is locked already, and from where.

    tied:  whether the project says itself which index a name is from on a target, so that it may be another one
    stays: whether a name is not to be upgraded;  moved: the origins whose names may come from elsewhere
    """

    noted: tuple[Noted, ...] = ()
    tied: Callable[[str, Target], bool] = lambda _name, _target: False
    stays: Callable[[str], bool] = lambda _: True
    moved: frozenset[str] = field(default_factory=frozenset)

    def after(self, steps: Iterable[StepLock], found: Notes) -> Notes:
        """The notes of new locks. What is still the same file keeps its own, for the file says enough.

        found:  where each distribution would come from now
        raises: IndexMoved, HashMismatch, all together
        """
        moves: dict[tuple[str, str], dict[str, None]] = {}
        faults: dict[str, LockError] = {}
        notes: dict[StepName, dict[str, str]] = {}
        for step in steps:
            for one in (entry for entry in step.distributions if entry.source is None):
                now = found.get(step.step, {}).get(one.name, "")
                nearest = self._nearest(step.step, one.name)
                same = [entry for entry in nearest if entry.sha256 == _file(one).sha256]
                index = next((entry.index for entry in same if entry.index), now)
                if index:
                    notes.setdefault(step.step, {})[one.name] = index
                if same or self.tied(one.name, step.target):
                    continue
                lost = [one.index for one in nearest if one.index not in ("", now, *self.moved)]
                for before in lost[:1]:
                    moves.setdefault((before, now), {})[f"{one.name} {one.version}"] = None
                if not lost and self.stays(one.name):
                    faults.update(self._replaced(one, now))
        moved = (IndexMoved(tuple(names), *pair) for pair, names in moves.items())
        raise_together([*moved, *faults.values()])
        return notes

    def _nearest(self, step: StepName, name: str) -> list[Noted]:
        """What is locked under a name: for that step, else for another one of the pipeline, else by another lock."""
        ranked = [
            ((entry.apart, entry.step != step), entry) for entry in self.noted if entry.name == name
        ]
        first = min((rank for rank, _ in ranked), default=None)
        return [entry for rank, entry in ranked if rank == first]

    def _replaced(self, one: LockedDistribution, now: str) -> dict[str, LockError]:
        """A file that another lock here has from the same place with other bytes."""
        file = _file(one)
        for other in self.noted:
            same = (other.filename, other.index) == (file.filename, now)
            if other.apart and same and other.sha256 != file.sha256:
                return {file.filename: HashMismatch(file.filename, other.sha256, file.sha256)}
        return {}


def check_moved(folder: Path, moved: Iterable[str]) -> None:
    """Raises RequirementUnfit for an index that no lock of a folder has anything from: a slip of who names it."""
    known = {entry.index for entry in noted_in(folder, folder, ())} - {""}
    for one in moved:
        if one not in known and origin(one) not in known:
            hint = did_you_mean(one, sorted(known), "see `index` in the files of ops0.lock")
            raise RequirementUnfit(one, "--moved-from", "nothing is locked from there", hint)


def freed(settings: LockSettings, noted: Iterable[Noted]) -> LockSettings:
    """The same, with whatever is locked from a moved index among what is upgraded.

    A person may name an index by its whole address.
    """
    moved = frozenset(one if one == LOCAL else origin(one) or one for one in settings.moved)
    if not moved or settings.upgrade == "all":
        return replace(settings, moved=moved)
    names = frozenset(one.name for one in noted if one.index in moved)
    named = frozenset() if settings.upgrade == "none" else settings.upgrade
    return replace(settings, moved=moved, upgrade=named | names)


def _file(one: LockedDistribution) -> LockedFile:
    return one.sdist or one.wheel
