"""``@ops0.cleanup_after``: what is to go some time after its run, noted before it is there, and removed when it is due.

::

    <state>/cleanups/<run id>.json      what goes, and how long after the run; gone when nothing is left to do
    <temporary>/ops0-<run id>/<call>/   temporary files of a process's attempts

The note is held (a shared lock) by whoever leads the run, and then by whoever still has its Report: while somebody
reads results, nothing of them goes. A lock ends with its process, so a killed run's note is free. The time counts
from the last event of the run.
"""

from __future__ import annotations

import fcntl
import json
import os
import shutil
import tempfile
from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from ops0.core.errors import RunError
from ops0.core.graphs.spreading import of_item
from ops0.core.pipeline import CallId, Pipeline
from ops0.host.folders import file_lock, state_dir, write_aside
from ops0.host.leftovers import Leftover, folder_size, remove_folder
from ops0.runtime.events import EventLog, read_events
from ops0.runtime.runs import RunFolder, RunId, is_run_id, run_folder

_VERSION = 1
_BECAUSE = "@ops0.cleanup_after"
LOOK_AGAIN = 5.0
"""Seconds until it is worth looking again at what somebody holds."""


class Hold:
    """A note that somebody holds: until ``let_go``, the last use of this object, or the end of the process.

    after: seconds from the run's end, by call
    """

    def __init__(self, path: Path, after: Mapping[CallId, float]) -> None:
        self.path, self.after = path, after
        self._handle: int | None = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
        fcntl.flock(self._handle, fcntl.LOCK_SH)

    def let_go(self) -> None:
        """Hold it no longer."""
        if self._handle is not None:
            os.close(self._handle)
            self._handle = None

    def __del__(self) -> None:
        """A Report that nobody has any more holds nothing."""
        self.let_go()


@dataclass(frozen=True, kw_only=True, slots=True)
class Note:
    """What is to go. ``after``: seconds from the run's end;  scratch: where temporary files of processes are."""

    path: Path
    run: str
    after: Mapping[CallId, float]
    scratch: Path | None

    @property
    def folder(self) -> RunFolder:
        """The run's folder, which a run without a log does not have."""
        return run_folder(RunId(self.run))

    def ended(self) -> float:
        """When its run ended, or gave its last sign: seconds since 1970."""
        with suppress(FileNotFoundError):
            return self.folder.events.stat().st_mtime
        return self.path.stat().st_mtime

    def places(self, call: CallId) -> dict[CallId, list[Path]]:
        """What there is of a call, and of those that a mapped one became; by call."""
        run = self.folder
        folders = [run.results, run.values, run.work / "values"]
        folders += [] if self.scratch is None else [self.scratch]
        found = [(CallId(path.name), path) for folder in folders for path in _inside(folder)]
        previews = run.preview(call, 1).parent
        found += [(CallId(path.name.rsplit(".", 2)[0]), path) for path in _inside(previews)]
        there: dict[CallId, list[Path]] = {}
        for name, path in sorted(found):
            item = of_item(name)
            if call in (name, item and item[0]):
                there.setdefault(name, []).append(path)
        return there


def afters(pipeline: Pipeline) -> Mapping[CallId, float]:
    """The calls whose outputs are to go."""
    found = ((call.id, pipeline.step(call.step).options.cleanup_after) for call in pipeline.calls)
    return {call: after for call, after in found if after is not None}


def note_cleanups(run: str, after: Mapping[CallId, float], *, scratch: bool) -> Hold | None:
    """Note and hold what goes after a run that begins or is resumed. None: nothing does. Raises OSError.

    scratch: its steps are processes: temporary files of theirs are to be found
    """
    if not after:
        return None
    path = _notes() / f"{run}.json"
    place = str(_scratch(run)) if scratch else None
    said = {"v": _VERSION, "run": run, "after": dict(after), "scratch": place}
    write_aside(path, json.dumps(said).encode(), mode=0o600)
    return Hold(path, after)


def scratch_folder(run: str, call: CallId, attempt: int) -> Path:
    """A new folder for an attempt's temporary files, this user's own. Raises OSError."""
    base = _scratch(run)
    with suppress(FileExistsError):
        base.mkdir(mode=0o700)
    told = base.lstat()
    if told.st_uid != os.geteuid() or not base.is_dir() or base.is_symlink():
        raise FileExistsError(f"{base}: somebody else's")
    folder = base / call / str(attempt)
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(mode=0o700, parents=True)
    return folder


def sweep(now: float) -> float | None:
    """Remove all that is due and that nobody holds. Gives the seconds until more may be; None: nothing is noted.

    now: seconds since 1970
    """
    waits = [wait for note in notes() if (wait := clean(note, now)) is not None]
    return min(waits, default=None)


def notes() -> Iterator[Note]:
    """All that is noted; what cannot be read is left alone."""
    with suppress(FileNotFoundError):
        for path in sorted(_notes().iterdir()):
            note = _read(path) if path.suffix == ".json" else None
            if note is not None:
                yield note


def clean(note: Note, now: float) -> float | None:
    """Remove what is due of one run. Gives the seconds until more may be; None: all is done."""
    with _alone(note) as free:
        if not free:
            return LOOK_AGAIN if note.path.exists() else None
        gone = now - note.ended()
        for call in [one for one, after in note.after.items() if after <= gone]:
            _remove(note, call)
        waits = [after - gone for after in note.after.values() if after > gone]
        if not waits:
            stays = note.scratch is not None and not remove_folder(note.scratch)
            if not stays and not _due(note, now):  # else the next run, or `ops0 gc`, tries again
                note.path.unlink(missing_ok=True)
        return min(waits, default=None)


def cleanup_leftovers(now: float) -> Iterator[Leftover]:
    """What is due and still there, a run at a time: where no process has waited for it."""
    for note in notes():
        with _free(note.path) as free:
            places = _due(note, now) if free else []
        if places:
            yield Leftover(
                kind="work",
                name=f"{note.folder.path} (@ops0.cleanup_after)",
                size=sum(folder_size(place) for place in places),
                remove=partial(_clean_now, note, now),
            )


def _clean_now(note: Note, now: float) -> bool:
    clean(note, now)
    return not _due(note, now)


def _due(note: Note, now: float) -> list[Path]:
    with suppress(FileNotFoundError):
        gone = now - note.ended()
        due = [call for call, after in note.after.items() if after <= gone]
        return [path for call in due for paths in note.places(call).values() for path in paths]
    return []


def _remove(note: Note, call: CallId) -> None:
    there = note.places(call)
    if there:
        _tell(note, there)
    for path in [path for paths in there.values() for path in paths]:
        if path.is_dir() and not path.is_symlink():
            remove_folder(path)
        else:
            with suppress(OSError):
                path.unlink(missing_ok=True)


def _inside(folder: Path) -> list[Path]:
    return list(folder.iterdir()) if folder.is_dir() else []


def _tell(note: Note, calls: Iterable[CallId]) -> None:
    """Have the run's log say so, without counting as a sign of it. One that cannot be read keeps nothing from going."""
    events = note.folder.events
    with suppress(RunError, OSError):
        times = events.stat()
        for last in deque(read_events(events), maxlen=1):
            log = EventLog(events, last=last)
            for call in calls:
                log.add("call.cleaned", call, because=_BECAUSE)
            log.close()
            os.utime(events, ns=(times.st_atime_ns, times.st_mtime_ns))


@contextmanager
def _alone(note: Note) -> Iterator[bool]:
    """Whether nobody holds it, or comes to resume its run, for a block."""
    if note.folder.path.is_dir():
        with file_lock(note.folder.path / "lock"), _free(note.path) as free:
            yield free
    else:
        with _free(note.path) as free:
            yield free


@contextmanager
def _free(path: Path) -> Iterator[bool]:
    try:
        handle = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    except FileNotFoundError:
        yield False
        return
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        # A run that was resumed meanwhile has put a note of its own in the place of this one.
        yield path.exists() and os.fstat(handle).st_ino == path.stat().st_ino
    except BlockingIOError:
        yield False
    finally:
        os.close(handle)


def _read(path: Path) -> Note | None:
    try:
        raw = json.loads(path.read_bytes())
        run, after, scratch = str(raw["run"]), dict(raw["after"]), raw["scratch"]
        known = raw["v"] == _VERSION and path.stem == run
        seconds = {CallId(str(call)): float(one) for call, one in after.items()}
    except (OSError, ValueError, KeyError, TypeError):
        return None
    place = None if scratch is None else Path(str(scratch))
    if not known or not is_run_id(run) or (place is not None and place.name != f"ops0-{run}"):
        return None  # what it names would be removed with all that is in it
    return Note(path=path, run=run, after=seconds, scratch=place)


def _notes() -> Path:
    return state_dir() / "cleanups"


def _scratch(run: str) -> Path:
    return Path(tempfile.gettempdir()) / f"ops0-{run}"
