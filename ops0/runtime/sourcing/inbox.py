"""The batch of one source that is being worked on. Kept on this machine, beside how far the source has been read.

::

    <state>/sources/<name>/lock            held while a run works on a batch
                           position.json   settled: what results cover;  acknowledged: what the source was told;
                                           unanswered: what it was told without an answer
                           pending/        the batch: manifest.json, the value's files
                           pending.json    which run works on it, where it begins and ends, its bad records

A batch is on the disk before a step sees it, and stays until a run that got it has its results: whatever fails or is
killed, the next run gets the same records again. What results cover is written here first, and only then told to the
source, again by the next run if need be. So no record is lost, and none is worked on again whose results are there.
"""

from __future__ import annotations

import base64
import platform
import secrets
import shutil
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from ops0.core.digest import sha256
from ops0.core.record_source import RecordSource
from ops0.core.values.faults import InputFault
from ops0.core.values.manifest import read_manifest, write_manifest
from ops0.core.values.showing import with_shows
from ops0.core.values.store import load_value, save_value
from ops0.integrations.reading import (
    Bad,
    Batch,
    Position,
    PositionLost,
    Reader,
    RecordsUnreadable,
)
from ops0.runtime.sourcing.position import State, read_data, read_state, write_data, write_state
from ops0_runner.protocol import MANIFEST_NAME, VERSION


@dataclass(frozen=True, kw_only=True, slots=True)
class Pending:
    """A batch whose results are not committed. ``run``: the last that got it, None: none yet."""

    run: str | None
    before: Position
    after: Position
    records: int
    told: str
    bad: tuple[Bad, ...]


class Inbox:
    """One source's folder. Whoever uses it holds its lock. ``is_done``: whether a run has committed its results."""

    def __init__(
        self, folder: Path, source: RecordSource, reader: Reader, is_done: Callable[[str], bool]
    ) -> None:
        self._folder, self._source, self._reader = folder, source, reader
        self._is_done = is_done
        self._state = read_state(folder)
        self.pending: Pending | None = None

    @property
    def value(self) -> Path:
        """The folder of the batch: a value with its manifest."""
        return self._folder / "pending"

    def take(self) -> int:
        """Have a batch ready: the one that was not finished, else the next. Gives the number of its records.

        raises: RecordsUnreadable, BadRecord, PositionLost
        """
        self._recover()
        self._agree()
        if self.pending is None:
            before = self._state.settled or {}
            batch = self._reader.read(before)
            self.pending = self._keep(batch, before)
        if not self.pending.records:
            self.settle()  # nothing to work on, but bad ones, or where a first batch begins
        return 0 if self.pending is None else self.pending.records

    def take_again(self, run: str) -> bool:
        """Have the batch ready with which a run broke off. Gives whether it is still there and still that run's.

        raises: RecordsUnreadable, PositionLost
        """
        self._recover()
        self._agree()
        return self.pending is not None and self.pending.run == run

    def empty(self) -> None:
        """Hand in no records, beside another source that has some."""
        at = self._state.settled or {}
        batch = Batch(records=[], after=at, told=f"no new records of {self._source}")
        self.pending = self._keep(batch, at)

    def begin(self, run: str) -> None:
        """A run gets the batch now."""
        assert self.pending is not None  # noqa: S101 - it was taken
        self.pending = replace(self.pending, run=run)
        self._write_pending(self.pending)

    def records(self) -> Any:
        """The batch in this process. Raises InputFault."""
        folder = str(self.value)
        return load_value(read_manifest(folder)["value"], folder)

    def settle(self) -> None:
        """The results are committed: go on, and tell the source. Raises RecordsUnreadable, PositionLost."""
        assert self.pending is not None  # noqa: S101 - it was taken
        done = self.pending
        self._reader.keep_bad(done.bad)
        if done.after != self._state.settled:
            self._write_state(replace(self._state, settled=done.after))
        self._drop()
        self._acknowledge()

    def _recover(self) -> None:
        """Find the batch that an earlier run has left, finished or not."""
        left = self._read_pending()
        if left is None or left.before != (self._state.settled or {}):
            self._drop()
            return
        self.pending = left
        if left.run is not None and self._is_done(left.run):
            self._reader.keep_bad(left.bad)
            self._write_state(replace(self._state, settled=left.after))
            self._drop()

    def _agree(self) -> None:
        """See that the source knows what is settled; where somebody has moved its position since, take that."""
        known = self._reader.committed()
        if known is None:
            return
        state = self._state
        ours = known in (state.acknowledged, state.settled) or state.is_late(known)
        if state.settled is None or not ours:
            self._drop()
            self._write_state(State(settled=known, acknowledged=known))
        elif known != state.settled or state.settled != state.acknowledged:
            self._acknowledge()

    def _acknowledge(self) -> None:
        state, settled = self._state, self._state.settled or {}
        known = self._reader.committed()
        if known is not None and known != settled:
            if known != (state.acknowledged or {}) and not state.is_late(known):
                raise PositionLost(
                    str(self._source),
                    "its position was moved while a run worked on a batch; the run's results are there",
                    "does something else read it under the same name? give each its own group=",
                )
            self._commit(settled)
        awaited = self._state.awaited(time.time())
        self._write_state(State(settled=settled, acknowledged=settled, unanswered=awaited))

    def _commit(self, settled: Position) -> None:
        try:
            self._reader.commit(settled)
        except RecordsUnreadable:
            others = tuple(one for one in self._state.unanswered if one[1] != settled)
            told = (*others, (time.time(), settled))
            self._write_state(replace(self._state, unanswered=told))
            raise

    # -- files

    def _keep(self, batch: Batch, before: Position) -> Pending:
        aside = self._folder / ".pending.partial"
        shutil.rmtree(aside, ignore_errors=True)
        saved = with_shows(save_value(batch.records, str(aside)), batch.records)
        head = {"run": "", "call": "", "attempt": 0, "nonce": secrets.token_hex(16)}
        manifest = {**head, "v": VERSION, "value": saved, "python": platform.python_version()}
        write_manifest(str(aside), manifest)
        self._drop()
        aside.rename(self.value)
        pending = Pending(
            run=None,
            before=before,
            after=batch.after,
            records=len(batch.records),
            told=batch.told,
            bad=batch.bad,
        )
        self._write_pending(pending)
        return pending

    def _drop(self) -> None:
        self.pending = None
        (self._folder / "pending.json").unlink(missing_ok=True)
        shutil.rmtree(self.value, ignore_errors=True)

    def _write_pending(self, pending: Pending) -> None:
        data = {
            "v": 1,
            "run": pending.run,
            "before": pending.before,
            "after": pending.after,
            "records": pending.records,
            "told": pending.told,
            "manifest": sha256((self.value / MANIFEST_NAME).read_bytes()),
            "bad": [[one.where, one.fact, _text(one.data), _text(one.key)] for one in pending.bad],
        }
        write_data(self._folder / "pending.json", data)

    def _read_pending(self) -> Pending | None:
        data = read_data(self._folder / "pending.json")
        if data is None:
            return None
        with suppress(InputFault, OSError):
            read_manifest(str(self.value), digest=data["manifest"])
            return Pending(
                run=data["run"],
                before=data["before"],
                after=data["after"],
                records=data["records"],
                told=data["told"],
                bad=tuple(
                    Bad(where=where, fact=fact, data=_data(text) or b"", key=_data(key))
                    for where, fact, text, key in data["bad"]
                ),
            )
        return None

    def _write_state(self, state: State) -> None:
        write_state(self._folder, state, str(self._source))
        self._state = state


def _text(data: bytes | None) -> str | None:
    return None if data is None else base64.b64encode(data).decode()


def _data(text: str | None) -> bytes | None:
    return None if text is None else base64.b64decode(text)
