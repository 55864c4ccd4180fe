"""Locked wheels in a folder by their file names: carried from where there is an index to where there is none.

The folder is plain: pip and uv read it too (``--find-links``). The lock's hashes decide, not the names.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import tempfile
from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from shlex import quote

from ops0.core.errors import LockError, raise_together
from ops0.core.locked import Lock, LockedFile
from ops0_builder.lock.errors import HashMismatch
from ops0_builder.lock.taking import take_expected
from ops0_builder.lock.wheelhouse import Wheelhouse, file_sha256

_BLOCK = 1 << 20
_THREADS = 4
_CARRY = "it was damaged or replaced: carry it again; where the index is, `ops0 lock --wheelhouse` looks at its own"


class WheelsMissing(LockError):
    """A folder of wheels lacks some that the lock names."""

    exit_code = 26

    def __init__(self, folder: str, filenames: tuple[str, ...]) -> None:
        lines = "".join(f"\n  {name}" for name in filenames)
        what = "a locked wheel is" if len(filenames) == 1 else f"{len(filenames)} locked wheels are"
        super().__init__(
            f"{folder}: {what} missing{lines}",
            f"fill it where the index is: `ops0 lock --wheelhouse {quote(folder)}`",
        )
        self.folder, self.filenames = folder, filenames


class NameTaken(LockError):
    """Two files of one name and different bytes, for one folder of wheels. ``locked``: the lock itself names both."""

    exit_code = 27

    def __init__(self, path: str, wanted: str, there: str, *, locked: bool) -> None:
        fact = f"another file of that name: sha256 {wanted} is locked, {there} is"
        super().__init__(
            f"{path}: {fact} too" if locked else f"{path}: {fact} there",
            "give the steps that differ here, of several Pythons, a pipeline of their own"
            if locked
            else "remove it, it is then written anew; if another lock needs it, give each lock a folder of its own",
        )
        self.path, self.wanted = path, wanted


def export_wheels(lock: Lock, wheels: Mapping[str, Path], folder: Path) -> tuple[LockedFile, ...]:
    """Copy every wheel of a lock into a folder, which is made; one that is there whole stays. Gives them by name.

    wheels: sha256 -> file, as ``fill_wheelhouse`` gives it
    raises: NameTaken, before anything is written; HashMismatch where a file has changed since it was looked at
    """
    files = locked_wheels(lock)
    folder.mkdir(parents=True, exist_ok=True)
    missing = _missing(files, folder)
    for file in missing:
        _copy(wheels[file.sha256], file, folder)
    return files


def take_wheels(
    lock: Lock, steps: Iterable[str] | None, folder: Path, wheelhouse: Wheelhouse
) -> dict[str, Path]:
    """sha256 -> path in this machine's wheelhouse of every wheel of these steps (None: all), each taken from a folder.

    A wheel must be in the folder even where the machine has it already: what is built does not depend on that.
    raises: WheelsMissing and HashMismatch, together, when nothing of the folder has been taken; BrokenWheel
    """
    files = locked_wheels(lock, steps)
    with ThreadPoolExecutor(_THREADS) as pool:
        found = list(pool.map(lambda file: _sha256(folder / file.filename), files))
    pairs = tuple(zip(files, found, strict=True))
    faults: list[LockError] = []
    if missing := tuple(file.filename for file, actual in pairs if actual is None):
        faults.append(WheelsMissing(str(folder), missing))
    faults += [
        _differs(file, actual) for file, actual in pairs if actual not in (None, file.sha256)
    ]
    raise_together(faults)
    held = wheelhouse.held(files)
    for file in files:
        if file.sha256 not in held:
            _take(file, folder, wheelhouse)
    return {file.sha256: wheelhouse.path(file) for file in files}


def locked_wheels(lock: Lock, steps: Iterable[str] | None = None) -> tuple[LockedFile, ...]:
    """The wheels of these steps (None: all), each once, sorted by name. Pure."""
    wanted = None if steps is None else frozenset(steps)
    found = {
        entry.wheel.sha256: entry.wheel
        for step in lock.steps
        if wanted is None or step.step in wanted
        for entry in step.distributions
    }
    return tuple(sorted(found.values(), key=lambda file: (file.filename, file.sha256)))


def _missing(files: tuple[LockedFile, ...], folder: Path) -> tuple[LockedFile, ...]:
    names: dict[str, str] = {}
    missing: list[LockedFile] = []
    taken: list[LockError] = []
    for file in files:
        locked = names.get(file.filename)
        there = locked or _sha256(folder / file.filename)
        names[file.filename] = file.sha256
        if there is None:
            missing.append(file)
        elif there != file.sha256:
            taken.append(
                NameTaken(str(folder / file.filename), file.sha256, there, locked=bool(locked))
            )
    raise_together(taken)
    return tuple(missing)


def _copy(origin: Path, file: LockedFile, folder: Path) -> None:
    """Whole under its name or not at all, and what was written is what was hashed."""
    handle, name = tempfile.mkstemp(dir=folder, prefix=".ops0-")
    state = hashlib.sha256()
    try:
        with os.fdopen(handle, "wb") as target, origin.open("rb") as source:
            while block := source.read(_BLOCK):
                state.update(block)
                target.write(block)
        if state.hexdigest() != file.sha256:
            raise HashMismatch(file.filename, file.sha256, state.hexdigest())
        Path(name).chmod(0o644)
        Path(name).replace(folder / file.filename)
    finally:
        with suppress(FileNotFoundError):
            Path(name).unlink()


def _take(file: LockedFile, folder: Path, wheelhouse: Wheelhouse) -> None:
    with wheelhouse.workplace() as place:
        copied = shutil.copyfile(folder / file.filename, place / file.filename)
        # Its hash once more: it may have changed since it was looked at.
        take_expected(Path(copied), file.sha256, wheelhouse, hint=_CARRY)


def _differs(file: LockedFile, actual: str | None) -> HashMismatch:
    return HashMismatch(file.filename, file.sha256, actual, _CARRY)


def _sha256(path: Path) -> str | None:
    """None for what is no file."""
    return file_sha256(path) if path.is_file() else None
