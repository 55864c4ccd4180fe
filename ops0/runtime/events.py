r"""The event log: what a run did, in the order in which it did it. Version 3.

``events.jsonl`` holds one JSON object a line, appended and never changed. Progress, reports, monitoring and
resuming read nothing else. An *intent* is on the disk (fsync) before the effect it names, so that after a crash
the log names at least all that may have happened. docs/reference/events.md describes every kind.

Every line has ``v`` (3), ``seq`` (from 1, no gaps), ``time`` (UTC, ISO 8601; for people), ``at`` (seconds since the
run began, monotonic; for arithmetic), ``event`` (the kind); where they apply ``call`` and ``attempt``; and ``data``.

===================  ======  ==================================================================================
event                intent  data
===================  ======  ==================================================================================
run.started          yes     run, pipeline, entry, engine, jobs, owner, clock, params, models,
                             calls: [{call, step, after, image, inputs, where}], project; of a mapped call
                             also each: its parameters that get one item, of what it goes over apart: true
run.resumed          yes     as run.started: a process has taken over a run that was killed, failed or stopped
cache.dropped                because: what was wrong with the cached result that was removed
call.needed                  because: why a call runs whose result might have been kept
call.spread          yes     items: how many calls a mapped call became;  calls: they, as in run.started
call.restored        yes     because, run: that made it, made: UTC or null, key: or null, code, attempt: 0 where no
                             attempt of this run made it, manifest: sha256, size: bytes, preview
attempt.starting     yes     what: the container's name, or "process"; nonce
attempt.adopted      yes     what: as attempt.starting; number: as attempt.go. It was under way when the run was taken
                             over
attempt.ready                seconds: what the imports took
attempt.go           yes     parked: seconds it waited; inputs: {producer: attempt}; number: from 1, among the
                             attempts of its call that were told to go
attempt.log                  line: the last line it printed. Given to listeners, never written
attempt.usage                cpu: seconds so far; memory: bytes now
attempt.used                 cpu: seconds; peak: bytes; either may be missing
attempt.metric               name, value: number, "nan", "inf" or "-inf"; step: whole number
attempt.artifact             name, size: bytes, sha256
model.saved                  name, version, alias: text or null, manifest: sha256 of a model that the attempt saved
attempt.done         yes     seconds, exit: null where nobody waited for it, manifest: sha256, size: bytes, preview,
                             warning: text or null,
                             key: what its result is kept by, or null; code: a digest of what made it
attempt.failed       yes     seconds, exit, kind, message, where, hint, traceback, retry_in: seconds or null
alert.sent                   to: where, for people; of a run that failed without call and attempt
alert.failed                 to, message, hint: text or null
attempt.dismissed            reason: why a parked attempt was not needed
call.done                    attempts, seconds
call.failed                  attempts, kind
call.skipped                 because: the failed call it needed
call.cancelled               because: text
run.stopping         yes     because: "interrupt", "interrupt twice", or the failed call
run.cleaning         yes     (nothing)
run.ended            yes     state: "done", "failed" or "cancelled"; seconds
call.cleaned         yes     because: its outputs are removed, after the run
===================  ======  ==================================================================================
"""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timezone
from pathlib import Path
from typing import Literal, get_args

from ops0.core.pipeline import CallId, JsonValue
from ops0.core.values.files import sync_folder
from ops0.runtime.errors import RunLogFault

VERSION = 3
_READ = (1, 2, 3)

EventKind = Literal[
    "run.started",
    "run.resumed",
    "cache.dropped",
    "call.needed",
    "call.spread",
    "call.restored",
    "attempt.starting",
    "attempt.adopted",
    "attempt.ready",
    "attempt.go",
    "attempt.log",
    "attempt.usage",
    "attempt.used",
    "attempt.metric",
    "attempt.artifact",
    "attempt.done",
    "attempt.failed",
    "attempt.dismissed",
    "model.saved",
    "alert.sent",
    "alert.failed",
    "call.done",
    "call.failed",
    "call.skipped",
    "call.cancelled",
    "run.stopping",
    "run.cleaning",
    "run.ended",
    "call.cleaned",
]

_KINDS = frozenset(get_args(EventKind))
_NOT_WRITTEN = frozenset({"attempt.log"})
_ON_DISK_FIRST = frozenset(
    {
        "run.started",
        "run.resumed",
        "call.spread",
        "call.restored",
        "attempt.starting",
        "attempt.adopted",
        "attempt.go",
        "attempt.done",
        "attempt.failed",
        "run.stopping",
        "run.cleaning",
        "run.ended",
        "call.cleaned",
    }
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Event:
    """One line of the log. Fields as in the module's docstring."""

    seq: int
    time: str
    at: float
    kind: EventKind
    call: CallId | None = None
    attempt: int | None = None
    data: Mapping[str, JsonValue] = field(default_factory=dict)


Listener = Callable[[Event], None]


class EventLog:
    """Writes the log of one run and tells one listener. For one thread only: the orchestrator's.

    begin: when ``at`` was 0, on the monotonic clock of this machine's boot
    """

    def __init__(
        self, path: Path, listener: Listener | None = None, *, last: Event | None = None
    ) -> None:
        """Begin a log, or go on with one behind its ``last`` event; what is torn behind it is cut off."""
        path.parent.mkdir(parents=True, exist_ok=True)
        self._path = path
        self._file = path.open("xb" if last is None else "r+b", buffering=0)
        self._listener = listener
        self.begin = time.monotonic() - (0.0 if last is None else last.at)
        self._seq = 0 if last is None else last.seq
        self._removed = False
        if last is not None:
            self._file.truncate(_whole_bytes(path))
            self._file.seek(0, os.SEEK_END)
        sync_folder(str(path.parent))

    def add(
        self,
        kind: EventKind,
        call: CallId | None = None,
        attempt: int | None = None,
        /,
        **data: JsonValue,
    ) -> Event:
        """Write one event (to the disk, if it is an intent or a verdict), then tell the listener."""
        written = kind not in _NOT_WRITTEN
        self._seq += written
        event = Event(
            seq=self._seq,
            time=datetime.now(timezone.utc).isoformat(timespec="milliseconds"),
            at=round(time.monotonic() - self.begin, 6),
            kind=kind,
            call=call,
            attempt=attempt,
            data=data,
        )
        if written:
            self._append(encode_event(event))
        if kind in _ON_DISK_FIRST:
            self._sync()
        if self._listener is not None:
            self._listener(event)
        return event

    def _sync(self) -> None:
        """See that it is on the disk, and that the disk has it still. Raises OSError; RunLogFault, once."""
        try:
            os.fdatasync(self._file.fileno())
        except OSError as fault:
            fault.filename = fault.filename or str(self._path)
            raise
        if not self._removed and os.fstat(self._file.fileno()).st_nlink == 0:
            self._removed = True
            message = f"{self._path}: it was removed while the run went on"
            hint = "leave OPS0_STATE_DIR alone while ops0 runs; then start the run anew: ops0 run"
            raise RunLogFault(message, hint)

    def _append(self, line: bytes) -> None:
        """A whole line or nothing: what a full disk took of it would spoil the next one. Raises OSError."""
        begin = self._file.tell()
        written = 0
        try:
            while written < len(line):
                written += self._file.write(line[written:])
        except OSError as fault:
            with suppress(OSError):
                self._file.truncate(begin)
                self._file.seek(begin)
            fault.filename = fault.filename or str(self._path)
            raise

    def close(self) -> None:
        """Close the file."""
        self._file.close()


def encode_event(event: Event) -> bytes:
    """One line, with its newline. ``call`` and ``attempt`` are left out where they do not apply."""
    line: dict[str, JsonValue] = {
        "v": VERSION,
        "seq": event.seq,
        "time": event.time,
        "at": event.at,
        "event": event.kind,
    }
    if event.call is not None:
        line["call"] = event.call
    if event.attempt is not None:
        line["attempt"] = event.attempt
    line["data"] = dict(event.data)
    text = json.dumps(line, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    return text.encode("utf-8", "replace") + b"\n"


def decode_event(line: bytes, place: str) -> Event:
    """The event of one line.

    place:  what an error names, as ``events.jsonl:3``
    raises: RunLogFault
    """
    try:
        raw = json.loads(line)
    except ValueError:
        raise RunLogFault(f"{place}: not JSON") from None
    if not isinstance(raw, dict):
        raise RunLogFault(f"{place}: not an event")
    if raw.get("v") not in _READ:
        raise RunLogFault(
            f"{place}: version {raw.get('v')!r}, this ops0 reads 1 to {VERSION}",
            "use a newer ops0",
        )
    checks: dict[str, type | tuple[type, ...]] = {
        "seq": int,
        "time": str,
        "at": (int, float),
        "event": str,
        "data": dict,
    }
    wrong = [name for name, kind in checks.items() if not isinstance(raw.get(name), kind)]
    if wrong or raw["event"] not in _KINDS:
        raise RunLogFault(f"{place}: {wrong[0] if wrong else 'event'} is missing or wrong")
    return Event(
        seq=raw["seq"],
        time=raw["time"],
        at=raw["at"],
        kind=raw["event"],
        call=raw.get("call"),
        attempt=raw.get("attempt"),
        data=raw["data"],
    )


def read_events(path: Path) -> Iterator[Event]:
    """The events of a log, also of one that is still written: a last line without its newline is left out.

    raises: RunLogFault
    """
    with path.open("rb") as stream:
        for number, line in enumerate(stream, start=1):
            if line.endswith(b"\n"):
                yield decode_event(line, f"{path.name}:{number}")


def _whole_bytes(path: Path) -> int:
    """How many bytes of a log are whole lines."""
    with path.open("rb") as stream:
        return sum(len(line) for line in stream if line.endswith(b"\n"))
