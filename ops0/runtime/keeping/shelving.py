"""Models that steps have saved, kept once the result is committed: each exactly once, however often the run is resumed.

::

    <state>/runs/<run id>/models/<call>.<attempt>/<n>/         the files of one model, until it is kept
                                                  heads.json   what is kept of each beside its files, its lineage too

An attempt's models lie there, checked, before the log says that it is done, and are gone when all are in the store. A
store knows a model again by its nonce, which follows from the attempt's. One thread keeps them, in the order of
commits, for a server may be slow; the log is written by the conductor's thread only.
"""

from __future__ import annotations

import json
import shutil
import threading
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timezone
from queue import Empty, SimpleQueue
from typing import Any

from ops0.core.digest import sha256
from ops0.core.errors import Ops0Error, RunError
from ops0.core.models.store import ModelVersion, keep_written
from ops0.core.pipeline import CallId, JsonValue
from ops0.host.folders import write_aside
from ops0.runtime.engine import Job
from ops0.runtime.events import EventLog
from ops0.runtime.outputs.manifest import Manifest
from ops0.runtime.runs import RunFolder

_HEADS = "heads.json"
_HURRY, _LOOK = 5.0, 0.1
"""Seconds: what a store gets when the run shall end, and how often is looked whether it shall."""


@dataclass(frozen=True, slots=True)
class _Kept:
    call: CallId
    attempt: int
    name: str
    alias: str | None
    version: ModelVersion | None = None
    fault: Ops0Error | None = None
    last: bool = False


class Shelves:
    """The models of one run. Its methods are for the thread that owns the log."""

    def __init__(self, folder: RunFolder, log: EventLog) -> None:
        self._folder, self._log = folder, log
        self._asked: SimpleQueue[tuple[CallId, int] | None] = SimpleQueue()
        self._told: SimpleQueue[_Kept] = SimpleQueue()
        self._open = 0
        self._thread: threading.Thread | None = None

    def prepare(self, job: Job, manifest: Manifest, lineage: Mapping[str, JsonValue]) -> None:
        """Write down what belongs to the models of an attempt that is about to be committed. Raises RunError."""
        if not manifest.models:
            return
        saved = datetime.now(timezone.utc).isoformat(timespec="seconds")
        heads = [
            {
                "v": 1,
                "nonce": sha256(f"{job.nonce}:{number}".encode())[:32],
                "value": dict(one.raw),
                "name": one.name,
                "alias": one.alias,
                "saved": saved,
                "lineage": dict(lineage),
            }
            for number, one in enumerate(manifest.models)
        ]
        place = self._folder.models(job.call, job.attempt)
        try:
            write_aside(place / _HEADS, json.dumps(heads).encode())
        except OSError as fault:
            raise RunError(f"{place}: {fault.strerror}", "make room there") from fault

    def keep(self, call: CallId, attempt: int) -> None:
        """Begin to keep the models of a committed attempt; nothing where it has none that are not kept yet."""
        if not (self._folder.models(call, attempt) / _HEADS).is_file():
            return
        self._open += 1
        self._asked.put((call, attempt))
        if self._thread is None:
            self._thread = threading.Thread(target=self._run, name="ops0 models", daemon=True)
            self._thread.start()

    def finish(self, hurried: Callable[[], bool]) -> list[Ops0Error]:
        """Wait for all that is under way, and write down what became of it. Gives what went wrong.

        hurried: whether somebody has asked the run to end. What is not kept some seconds later stays in the run's
                 folder, and a resumed run keeps it
        """
        if self._thread is not None:
            self._asked.put(None)  # it ends behind all that is asked of it
            self._thread = None
        faults: list[Ops0Error] = []
        until: float | None = None
        while self._open:
            if until is None and hurried():
                until = time.monotonic() + _HURRY
            if until is not None and time.monotonic() > until:
                faults.append(RunError("models are not kept yet", "keep them: ops0 run --resume"))
                break
            try:
                told = self._told.get(timeout=_LOOK)
            except Empty:
                continue
            self._open -= told.last
            if told.fault is not None:
                faults.append(told.fault)
            elif told.version is not None:
                self._log.add(
                    "model.saved",
                    told.call,
                    told.attempt,
                    name=told.version.name,
                    version=told.version.version,
                    alias=told.alias,
                    manifest=told.version.digest,
                )
        return faults

    def _run(self) -> None:
        while (asked := self._asked.get()) is not None:
            call, attempt = asked
            try:
                self._keep_all(call, attempt)
            except Exception as fault:  # noqa: BLE001 - whatever a store raises: the run's end must not wait for it
                found = fault if isinstance(fault, Ops0Error) else _as_fault(call, fault)
                self._told.put(_Kept(call, attempt, "", None, fault=found, last=True))

    def _keep_all(self, call: CallId, attempt: int) -> None:
        place = self._folder.models(call, attempt)
        heads: list[dict[str, Any]] = json.loads((place / _HEADS).read_bytes())
        for number, head in enumerate(heads):
            alias = head.pop("alias")
            version = keep_written(place / str(number), head, alias)
            self._told.put(_Kept(call, attempt, head["name"], alias, version))
        shutil.rmtree(place, ignore_errors=True)
        with suppress(OSError):
            place.parent.rmdir()  # the last one
        self._told.put(_Kept(call, attempt, "", None, last=True))


def _as_fault(call: CallId, fault: Exception) -> Ops0Error:
    return RunError(
        f"what '{call}' saved cannot be kept: {type(fault).__name__}: {fault}",
        "fix that, then: ops0 run --resume",
    )
