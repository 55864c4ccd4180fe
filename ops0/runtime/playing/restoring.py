"""Calls that need not run, since what they give is there: handed to the engine only when a consumer starts."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timezone
from pathlib import Path

from ops0.core.pipeline import CallId
from ops0.runtime.engine import Engine
from ops0.runtime.keeping.lookups import Answer, Kept, Lookup, Missed, Question
from ops0.runtime.outputs.manifest import Value
from ops0.runtime.playing.endings import PREVIEW
from ops0.runtime.playing.stage import Stage
from ops0.runtime.playing.verdict import Done

TAKEN = 0
"""The attempt whose folder holds what no attempt of this run made."""


@dataclass(slots=True)
class Supply:
    """A value on this machine that the engine does not have yet."""

    engine: Engine
    call: CallId
    attempt: int
    folder: Path
    _guard: threading.Lock = field(default_factory=threading.Lock)
    _there: bool = False

    def deliver(self) -> None:
        """See that consumers find it. May be called from any thread, again and again. Raises EngineError, OSError."""
        with self._guard:
            if not self._there:
                self.engine.restore(self.call, self.attempt, self.folder)
                self._there = True


class Restorer:
    """Looks for kept results. All but the lookups' own threads is for the conductor's thread."""

    def __init__(self, stage: Stage, post: Callable[[Answer], None]) -> None:
        self._stage, self._post = stage, post
        self._lookups: list[Lookup] = []

    def ask(self, call: CallId) -> bool:
        """Look for a kept result of a call that is about to start, once. False: it is not kept, or was looked for."""
        stage, track = self._stage, self._stage.tracks[call]
        if call in stage.orders.batches:
            self._post(stage.orders.batches[call])
            return True
        step = stage.step(call)
        if step.options.cache is None or stage.orders.cache is None or track.looked:
            return False
        track.looked = True
        folder = stage.orders.folder
        model = stage.orders.models.get(step.name)
        question = Question(
            engine=stage.engine,
            cache=stage.orders.cache,
            pipeline=stage.orders.pipeline.name,
            call=stage.call(call),
            step=step,
            params=stage.orders.params,
            model=None if model is None else model.digest,
            value=self._value,
            folder=folder.taken(call),
            result=folder.result(call) if call in stage.results else None,
            fresh=stage.orders.fresh,
            apart=call in stage.apart,
        )
        self._lookups = [one for one in self._lookups if not one.join(0)]
        self._lookups.append(Lookup(question, self._post))
        self._lookups[-1].begin()
        return True

    def found(self, found: Kept) -> None:
        """A call is done without having run."""
        stage, track = self._stage, self._stage.tracks[found.call]
        if stage.schedule.state(found.call) != "parked":
            return
        track.done = Done(manifest=found.manifest, digest=found.entry.manifest)
        track.output, track.because = TAKEN, found.because
        stage.supplies[found.call] = Supply(stage.engine, found.call, TAKEN, found.folder)
        value = found.manifest.value
        stage.log.add(
            "call.restored",
            found.call,
            because=found.because,
            run=found.entry.run,
            made=datetime.fromtimestamp(found.entry.made, timezone.utc).isoformat(
                timespec="seconds"
            ),
            key=found.key,
            code=stage.engine.code(stage.step(found.call)),
            attempt=TAKEN,
            manifest=found.entry.manifest,
            size=value.size,
            preview=value.preview[:PREVIEW],
        )
        stage.schedule.restored(found.call)
        stage.log.add("call.done", found.call, attempts=track.attempts, seconds=0.0)

    def missed(self, missed: Missed) -> bool:
        """Whether the call is to be started now."""
        stage, track = self._stage, self._stage.tracks[missed.call]
        if stage.schedule.state(missed.call) != "parked":
            return False
        track.keeping, track.because = missed.keeping, missed.because
        if missed.dropped is not None:
            stage.log.add("cache.dropped", missed.call, because=missed.dropped)
        stage.log.add("call.needed", missed.call, because=missed.because)
        return True

    def clean(self, until: float) -> None:
        """End the lookups, remove what they took."""
        for lookup in self._lookups:
            lookup.join(max(0.1, until - self._stage.orders.clock()))
        shutil.rmtree(self._stage.orders.folder.all_taken, ignore_errors=True)

    def _value(self, call: CallId) -> Value:
        done = self._stage.tracks[call].done
        assert done is not None  # noqa: S101 - a call is looked for when all its producers are done
        return done.manifest.value
