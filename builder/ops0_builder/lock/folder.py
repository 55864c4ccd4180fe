"""Where locks are kept: ``pylock.<step>.toml`` a step, and an index a pipeline that says which files are its own.

Several pipelines may share one folder: a step's file that another pipeline's index claims is left alone, and the
step gets ``pylock.<pipeline>-<step>.toml``. The index is removed before the files are written and comes last, so
that a killed ops0 leaves "no lock", never half of an old and half of a new one.

The folder itself holds the platform that was locked first; every other one has a folder in it, ``linux-arm64``.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from itertools import chain, count
from pathlib import Path
from typing import TYPE_CHECKING

from ops0.core.digest import sha256
from ops0.core.locked import Lock, LockedSource, StepLock
from ops0.core.pipeline import Pipeline, StepName
from ops0.host.folders import ASIDE, cache_dir, file_lock, write_aside
from ops0_builder.lock.errors import LockDamaged
from ops0_builder.lock.inputs import StepInputs, inputs_digest
from ops0_builder.lock.pipeline_index import (
    index_name,
    index_text,
    is_index_of,
    read_index,
    slug,
)
from ops0_builder.lock.pylock_reading import read_pylock
from ops0_builder.lock.pylock_writing import pylock_text
from ops0_builder.lock.source_changes import Files

if TYPE_CHECKING:
    from ops0_builder.lock.noted import Noted

_PLATFORM = re.compile(r"linux-[a-z0-9]+(-v[0-9])?")


@dataclass(frozen=True, kw_only=True, slots=True)
class StoredLock:
    """A lock as it is on disk, with what it answers. ``files``: of the folders that its wheels are built from."""

    lock: Lock
    inputs: tuple[StepInputs, ...]
    files: Files = field(default_factory=dict)

    @property
    def platform(self) -> str | None:
        """What it is for, ``linux/amd64``; None for a lock of no step, which is for any."""
        return next((step.target.platform for step in self.lock.steps), None)


def load(folder: Path, pipeline: Pipeline) -> StoredLock | None:
    """The pipeline's stored lock, or None where there is none.

    raises: LockDamaged
    """
    _see_folder(folder)
    try:
        stored = _read_stored(folder, pipeline)
    except LockDamaged:
        stored = None
    if stored is not None or not folder.is_dir():
        return stored
    # Another ops0 may be writing it: that is waited for before anybody hears of a lock that is gone or damaged.
    with _steady(folder):
        return _read_stored(folder, pipeline)


def _read_stored(folder: Path, pipeline: Pipeline) -> StoredLock | None:
    path = folder / index_name(pipeline)
    try:
        document = read_index(path)
    except FileNotFoundError:
        return None
    if not is_index_of(document, pipeline):
        return None
    pairs = [_load_step(folder, path, step, entry) for step, entry in document["steps"].items()]
    inputs = tuple(entry for _, entry in pairs)
    if inputs_digest(inputs) != document["inputs"]:
        raise LockDamaged(str(path), "inputs", "does not match the files that it names")
    lock = Lock(inputs=document["inputs"], steps=tuple(entry for entry, _ in pairs))
    return StoredLock(lock=lock, inputs=inputs, files=document.get("sources", {}))


def _see_folder(folder: Path) -> None:
    if folder.exists() and not folder.is_dir():
        fact = "is no folder, and locks are kept in one of that name"
        raise LockDamaged(str(folder), "", fact, "move it away, or give it another name")


@contextmanager
def _steady(folder: Path) -> Iterator[None]:
    """A block in which no ops0 of this user writes to the folder."""
    with ExitStack() as stack:
        # Who cannot write to the cache folder cannot store a lock either.
        with suppress(OSError):
            stack.enter_context(file_lock(_lock_path(folder), shared=True))
        yield


def _lock_path(folder: Path) -> Path:
    return cache_dir() / "locks" / sha256(os.fsencode(folder.resolve()))


def find(
    folder: Path, pipeline: Pipeline, platform: str | None, *, anew: bool = False
) -> tuple[Path, StoredLock | None]:
    """The folder in which a platform's lock is, or would be, and the lock.

    platform: None for a pipeline without steps
    anew:     one that cannot be trusted counts as none, for it is written over
    raises:   LockDamaged
    """
    if platform is None:
        return folder, _load(folder, pipeline, anew=anew)
    own = folder / platform.replace("/", "-")
    apart = _load(own, pipeline, anew=anew)
    if apart is not None or _has_index(own, pipeline):
        return own, apart
    stored = _load(folder, pipeline, anew=anew)
    if stored is None or stored.platform in (platform, None):
        return folder, stored
    return own, None


def _load(folder: Path, pipeline: Pipeline, *, anew: bool) -> StoredLock | None:
    try:
        return load(folder, pipeline)
    except LockDamaged:
        if anew:
            return None
        raise


def stored_platforms(folder: Path, pipeline: Pipeline, *, anew: bool = False) -> tuple[str, ...]:
    """The platforms that the pipeline has a lock for: first the one of the folder itself. Raises as ``find``."""
    first = _load(folder, pipeline, anew=anew)
    found = [] if first is None or first.platform is None else [first.platform]
    names = sorted(path.name for path in folder.glob("*/") if _PLATFORM.fullmatch(path.name))
    others = (name for name in names if _has_index(folder / name, pipeline))
    return (*found, *(name.replace("-", "/") for name in others))


def _has_index(folder: Path, pipeline: Pipeline) -> bool:
    """Whether it holds a lock of that name, whole or damaged; while one is written, its index is away."""
    with _steady(folder):
        return (folder / index_name(pipeline)).exists()


def lock_texts(folder: Path, pipeline: Pipeline) -> dict[str, bytes]:
    """The ``pylock.*.toml`` of the pipeline's lock in that very folder, as they are, by name. Raises OSError."""
    with _steady(folder):
        names = sorted(set(_own_files(folder / index_name(pipeline), pipeline).values()))
        return {name: (folder / name).read_bytes() for name in names}


def store(
    folder: Path,
    pipeline: Pipeline,
    lock: Lock,
    inputs: Iterable[StepInputs],
    files: Files | None = None,
    indexes: Mapping[StepName, Mapping[str, str]] | None = None,
) -> None:
    """Write a lock: its files, then its index. Files of steps that are gone are removed. Raises LockDamaged.

    files:   of the folders that its wheels are built from
    indexes: of each step's distributions that do not come from the default one
    """
    _see_folder(folder)
    by_step = {entry.step: entry for entry in inputs}
    with file_lock(_lock_path(folder)):
        path = folder / index_name(pipeline)
        before = _own_files(path, pipeline)
        names = _file_names(lock.steps, pipeline, before, _claimed_by_others(folder, path))
        path.unlink(missing_ok=True)
        for left in folder.glob(f".*{ASIDE}"):  # of one that was killed: nobody else writes now
            left.unlink(missing_ok=True)
        for step in lock.steps:
            text = pylock_text(step, by_step[step.step], (indexes or {}).get(step.step, {}))
            write_aside(folder / names[step.step], text.encode())
        for gone in set(before.values()) - set(names.values()):
            (folder / gone).unlink(missing_ok=True)
        write_aside(path, index_text(pipeline, lock, names, files or {}).encode())


def file_names(folder: Path, pipeline: Pipeline) -> frozenset[str]:
    """The files that the pipeline's index in that folder names; where none can be read, those that it may have."""
    own = _own_files(folder / index_name(pipeline), pipeline).values()
    return frozenset(own or (_plain_name(step.name) for step in pipeline.steps))


def old_pins(folder: Path, pipeline: Pipeline) -> tuple[StoredLock | None, dict[str, str]]:
    """The stored lock if it is whole, and (name, version) of whatever can be read without an index.

    raises: LockDamaged where there is an index that cannot be trusted
    """
    stored = load(folder, pipeline)
    if stored is not None:
        return stored, _pins(stored.lock.steps)
    return None, _pins(_readable(folder, pipeline))


def _readable(folder: Path, pipeline: Pipeline) -> Iterable[StepLock]:
    for step in pipeline.steps:
        path = folder / _plain_name(step.name)
        try:
            yield read_pylock(path.read_bytes(), str(path))[0]
        except (OSError, LockDamaged):
            continue


@dataclass(frozen=True, kw_only=True, slots=True)
class Beside:
    """For another platform: ``pins``, name -> version, ``commits``. ``noted``: what all files of locks there say."""

    pins: Mapping[str, str] = field(default_factory=dict)
    commits: Mapping[str, LockedSource] = field(default_factory=dict)
    noted: tuple[Noted, ...] = ()


def beside_in(folder: Path, pipeline: Pipeline) -> Beside:
    """That of the lock in that very folder; nothing where there is none. Raises LockDamaged."""
    stored = load(folder, pipeline)
    steps = () if stored is None else stored.lock.steps
    sources = ((one.name, one.source) for step in steps for one in step.distributions)
    commits = {name: said for name, said in sources if said is not None}
    return Beside(pins=_pins(steps), commits=commits)


def _pins(locks: Iterable[StepLock]) -> dict[str, str]:
    return {entry.name: entry.version for lock in locks for entry in lock.distributions}


def _load_step(
    folder: Path, index: Path, step: str, entry: Mapping[str, str]
) -> tuple[StepLock, StepInputs]:
    path = folder / entry["file"]
    try:
        lock, inputs = read_pylock(path.read_bytes(), str(path))
    except OSError as fault:
        raise LockDamaged(str(path), "", fault.strerror or "cannot be read") from None
    if lock.step != step:
        raise LockDamaged(str(path), "tool.ops0.step", f"is {lock.step!r}, not {step!r}")
    if lock.digest != entry["digest"]:
        raise LockDamaged(
            str(path), "tool.ops0.digest", f"is another than {index.name} says: two locks are mixed"
        )
    return lock, inputs


def _own_files(path: Path, pipeline: Pipeline | None = None) -> dict[str, str]:
    """Step -> file of an index; empty where it is missing or damaged (its files are then written over).

    pipeline: whose index it must be to count; None: anybody's
    """
    try:
        document = read_index(path)
    except (FileNotFoundError, LockDamaged):
        return {}
    if pipeline is not None and not is_index_of(document, pipeline):
        return {}
    return {step: entry["file"] for step, entry in document["steps"].items()}


def _claimed_by_others(folder: Path, own: Path) -> frozenset[str]:
    others = (path for path in folder.glob("*.json") if path.name != own.name)
    return frozenset(file for path in others for file in _own_files(path).values())


def _file_names(
    steps: Iterable[StepLock],
    pipeline: Pipeline,
    before: Mapping[str, str],
    claimed: frozenset[str],
) -> dict[StepName, str]:
    """A file name for each step: the one it has, else the plain one, else the one that names the pipeline too."""
    names: dict[StepName, str] = {}
    taken = set(claimed)
    prefix = index_name(pipeline).removesuffix(".json").replace(".", "-")
    for step in sorted(steps, key=lambda entry: entry.step):
        plain = _plain_name(step.step)
        longer = f"pylock.{prefix}-{slug(step.step)}"
        numbered = (f"{longer}-{number}.toml" for number in count(2))
        choices = chain((before.get(step.step, plain), plain, f"{longer}.toml"), numbered)
        names[step.step] = next(name for name in choices if name not in taken)
        taken.add(names[step.step])
    return names


def _plain_name(step: StepName) -> str:
    # PEP 751 allows no dot in the name between `pylock.` and `.toml`.
    return f"pylock.{slug(step)}.toml"
