"""Fetching locked files with pip and the user's own pip settings. pip finds them; ops0 checks the hash itself."""

from __future__ import annotations

import shutil
import sys
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from threading import Event
from urllib.parse import urlsplit

from ops0.core.errors import LockError, raise_together
from ops0.core.locked import LockedDistribution, LockedFile, Target
from ops0.host.disk import FULL, DiskFull
from ops0.host.process import Completed, ProgramMissing, ProgramTimeout
from ops0.host.process import run as run_program
from ops0_builder.lock import pip_words
from ops0_builder.lock.errors import BrokenWheel, FetchFailed, HashMismatch
from ops0_builder.lock.place_errors import SourceBuildFailed
from ops0_builder.lock.programs_at_once import programs_at_once
from ops0_builder.lock.taking import take_expected
from ops0_builder.lock.uv_program import Runner
from ops0_builder.lock.wheel_choice import platform_tags
from ops0_builder.lock.wheelhouse import Wheelhouse, file_sha256

_PROCESSES = 3
"""pip processes side by side; docs/architecture.md has the measurement."""
TIMEOUT = 3600.0
_FULL = tuple(f"[Errno {number}]" for number in sorted(FULL))
"""How Python, hence pip, tells a full disk and a spent quota, in any language."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Wanted:
    """One file to fetch.

    sha256: None: the index does not say it, what comes is taken (and then locked)
    url:    where uv saw it, if that is known: another index may have another file of that name
    index:  where the lock says that it is from: an origin; "": the usual index, or nobody knows
    """

    name: str
    version: str
    sha256: str | None
    size: int
    target: Target
    filename: str
    is_sdist: bool = False
    url: str | None = field(default=None, repr=False)
    index: str = ""

    @property
    def line(self) -> str:
        """As a line of a requirements file."""
        pin = f"{self.name} @ {self.url}" if self.url else f"{self.name}=={self.version}"
        return f"{pin} --hash=sha256:{self.sha256}" if self.sha256 else pin


PIP_PROGRAM = (
    sys.executable,
    "-c",
    """import sys; sys.path[:] = filter(None, sys.path)
import runpy; runpy.run_module("pip", run_name="__main__", alter_sys=True)""",
)
"""pip with the settings of the folder it is started in, and not with its modules.

``python -m pip`` would import a user's ``types.py`` or ``random.py`` for Python's own; ``-P`` is of Python 3.11, and
``-I`` leaves out a pip that the user has installed for himself.
"""


@dataclass(frozen=True, kw_only=True, slots=True)
class Pip:
    """pip with the user's settings, in an environment that uses no credentials on the command line.

    indexes: those that it looks into, in uv's order
    pages:   hosts whose login it reads only from the address of a page of links: it must go by way of that page
    """

    environment: Mapping[str, str] = field(repr=False)
    indexes: tuple[str, ...] = field(default=(), repr=False)
    pages: frozenset[str] = frozenset()
    run: Runner = run_program
    program: tuple[str, ...] = PIP_PROGRAM
    stop: Event | None = None

    def direct(self, url: str) -> str | None:
        """The address of a file if pip can be sent straight to it, else None."""
        return None if urlsplit(url).netloc in self.pages else url

    def download(
        self, wanted: Sequence[Wanted], folder: Path, options: tuple[str, ...] = ()
    ) -> Completed:
        """Start ``pip download`` for files of one kind, target and trust, into a folder."""
        listing = folder / "requirements.txt"
        listing.write_text("".join(f"{entry.line}\n" for entry in wanted), encoding="utf-8")
        first = wanted[0]
        kind = _sdist_options(wanted) if first.is_sdist else _wheel_options(first.target)
        hashes = ("--require-hashes",) if first.sha256 else ()
        argv = (
            *self.program,
            "download",
            *options,
            *("--no-deps", "--pre", "--progress-bar", "off", "--dest", str(folder)),
            *(*hashes, *kind, "--requirement", str(listing)),
        )
        try:
            return self.run(argv, env=self.environment, timeout=TIMEOUT, stop=self.stop)
        except (ProgramMissing, ProgramTimeout) as fault:
            return Completed(argv=argv, code=-1, out="", err=str(fault))


def wanted_wheel(distribution: LockedDistribution, target: Target) -> Wanted:
    """The locked wheel of a distribution as something to fetch."""
    wheel = distribution.wheel
    return Wanted(
        name=distribution.name,
        version=distribution.version,
        sha256=wheel.sha256,
        size=wheel.size,
        target=target,
        filename=wheel.filename,
    )


def fetch(wanted: Iterable[Wanted], wheelhouse: Wheelhouse, pip: Pip) -> dict[str, LockedFile]:
    """Fetch files into the wheelhouse, several at once: file name as asked -> file as it came.

    raises: FetchFailed, HashMismatch, BrokenWheel, SourceBuildFailed (together, one a file); DiskFull
    """
    batches = _batches(wanted)
    results = programs_at_once(
        lambda batch, stop: _fetch_batch(batch, wheelhouse, replace(pip, stop=stop)),
        batches,
        _PROCESSES,
    )
    raise_together([fault for _, faults in results for fault in faults])
    return {name: file for files, _ in results for name, file in files.items()}


_Fetched = tuple[dict[str, LockedFile], list[LockError]]


def _fetch_batch(batch: Sequence[Wanted], wheelhouse: Wheelhouse, pip: Pip) -> _Fetched:
    """All in one process; if that fails, one by one, so that each fault names its distribution."""
    with wheelhouse.workplace() as folder:
        done = pip.download(batch, folder)
        if done.code == 0:
            return _take(batch, folder, wheelhouse)
    if any(sign in done.err for sign in _FULL):
        raise _full(batch, wheelhouse)
    if len(batch) == 1:
        fault = _fault(batch[0], done, wheelhouse, pip)
        if isinstance(fault, HashMismatch):
            return _from_any_index(batch[0], wheelhouse, pip) or ({}, [fault])
        return {}, [fault]
    results = [_fetch_batch([entry], wheelhouse, pip) for entry in batch]
    files = {name: file for found, _ in results for name, file in found.items()}
    return files, [fault for _, faults in results for fault in faults]


def _full(batch: Sequence[Wanted], wheelhouse: Wheelhouse) -> DiskFull:
    """Of the two disks that pip writes to, the one with less room."""
    places = (wheelhouse.folder, Path(tempfile.gettempdir()))
    place = min(places, key=lambda one: shutil.disk_usage(one).free)
    size = sum(entry.size for entry in batch) / 1e6
    return DiskFull(str(place), f"no room for {size:.1f} MB of wheels")


def _from_any_index(entry: Wanted, wheelhouse: Wheelhouse, pip: Pip) -> _Fetched | None:
    """The locked file from the first index that has it: where no page says a hash, pip takes any file of its name."""
    for index in pip.indexes if len(pip.indexes) > 1 else ():
        # pip passes over an empty variable, so the extra one is the same once more.
        only = {**pip.environment, "PIP_INDEX_URL": index, "PIP_EXTRA_INDEX_URL": index}
        with wheelhouse.workplace() as folder:
            if replace(pip, environment=only).download([entry], folder).code == 0:
                files, faults = _take([entry], folder, wheelhouse)
                if not faults:
                    return files, faults
    return None


def _take(batch: Sequence[Wanted], folder: Path, wheelhouse: Wheelhouse) -> _Fetched:
    files: dict[str, LockedFile] = {}
    faults: list[LockError] = []
    for entry in batch:
        path = folder / entry.filename
        if not path.is_file():
            faults.append(FetchFailed(f"{entry.name} {entry.version}", _other_file(entry, folder)))
            continue
        try:
            files[entry.filename] = take_expected(path, entry.sha256, wheelhouse)
        except (HashMismatch, BrokenWheel) as fault:
            faults.append(fault)
    return files, faults


def _other_file(entry: Wanted, folder: Path) -> str:
    names = sorted(path.name for path in folder.iterdir() if path.name != "requirements.txt")
    return f"  pip gave {', '.join(names) or 'nothing'} instead of {entry.filename}"


def _fault(entry: Wanted, done: Completed, wheelhouse: Wheelhouse, pip: Pip) -> LockError:
    """Why one file did not come. Asked once more without its hash: if a file comes then, it is another one."""
    if entry.is_sdist and "subprocess-exited-with-error" in done.err:
        # pip asks a source archive for its metadata, which may run its build.
        return SourceBuildFailed(
            f"{entry.name} {entry.version}", "its build failed", pip_words.last(done, 15)
        )
    differs = pip_words.differing(done)
    if differs is not None:
        return HashMismatch(entry.filename, *differs, pip_words.BROKE_OFF)
    with wheelhouse.workplace() as folder:
        again = pip.download([replace(entry, sha256=None)], folder, ("-vv",))
        path = folder / entry.filename
        if entry.sha256 is not None and again.code == 0 and path.is_file():
            found = file_sha256(path)
            if found != entry.sha256:
                return HashMismatch(entry.filename, entry.sha256, found)
    said = pip_words.refused(again)
    if said is not None:
        return (
            SourceBuildFailed(f"{entry.name} {entry.version}", said)
            if entry.is_sdist
            else BrokenWheel(entry.filename, said)
        )
    told = pip_words.passed_over(again) + pip_words.last_words(done, 6)
    hint = pip_words.way_out(done) or pip_words.named(entry.index, again)
    return FetchFailed(f"{entry.name} {entry.version}", told, hint)


def _batches(wanted: Iterable[Wanted]) -> list[list[Wanted]]:
    """Files that may share a pip process, split into about equal weights, heavy ones first."""
    kinds: dict[tuple[object, ...], list[Wanted]] = {}
    for entry in sorted(wanted, key=lambda it: (-it.size, it.filename)):
        # Sdists go alone: pip reads their metadata one after the other.
        alone = entry.filename if entry.is_sdist else None
        kinds.setdefault((entry.target, entry.sha256 is None, alone), []).append(entry)
    batches: list[list[Wanted]] = []
    for entries in kinds.values():
        bins: list[list[Wanted]] = [[] for _ in range(min(_PROCESSES, len(entries)))]
        for entry in entries:
            min(bins, key=lambda it: (sum(one.size for one in it), len(it))).append(entry)
        batches.extend(_one_file_a_name(bins))
    return batches


def _one_file_a_name(bins: Iterable[list[Wanted]]) -> Iterable[list[Wanted]]:
    """One call of pip takes one version of a distribution."""
    for entries in bins:
        rounds: list[dict[str, Wanted]] = []
        for entry in entries:
            free = next((one for one in rounds if entry.name not in one), None)
            if free is None:
                free = {}
                rounds.append(free)
            free[entry.name] = entry
        yield from (list(one.values()) for one in rounds)


def _wheel_options(target: Target) -> tuple[str, ...]:
    digits = target.python.replace(".", "")
    platforms = (option for tag in platform_tags(target) for option in ("--platform", tag))
    abis = (option for abi in (f"cp{digits}", "abi3", "none") for option in ("--abi", abi))
    fixed = ("--only-binary", ":all:", "--python-version", target.python, "--implementation", "cp")
    return (*fixed, *platforms, *abis)


def _sdist_options(wanted: Sequence[Wanted]) -> tuple[str, ...]:
    return tuple(option for entry in wanted for option in ("--no-binary", entry.name))
