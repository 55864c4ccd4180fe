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
from ops0.runtime.execution.endings import PREVIEW
from ops0.runtime.execution.live_run import LiveRun
from ops0.runtime.execution.verdict import Done
from ops0.runtime.keeping.lookups import Answer, Kept, Lookup, Missed, Question
from ops0.runtime.outputs.manifest import Value

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
    """Looks for cached results. All but the lookups' own threads is for the conductor's thread."""

    def __init__(self, live: LiveRun, post: Callable[[Answer], None]) -> None:
        self._live, self._post = live, post
        self._lookups: list[Lookup] = []

    def ask(self, call: CallId) -> bool:
        """Look for a cached result of a call that is about to start, once. False: it is not kept, or was looked for."""
        live, live_call = self._live, self._live.calls[call]
        if call in live.spec.batches:
            self._post(live.spec.batches[call])
            return True
        step = live.step(call)
        if step.options.cache is None or live.spec.cache is None or live_call.looked:
            return False
        live_call.looked = True
        folder = live.spec.folder
        model = live.spec.models.get(step.name)
        question = Question(
            engine=live.engine,
            cache=live.spec.cache,
            pipeline=live.spec.pipeline.name,
            project=live.spec.identity.project,
            call=live.call(call),
            step=step,
            params=live.spec.params,
            model=None if model is None else model.digest,
            value=self._value,
            folder=folder.taken(call),
            result=folder.result(call) if call in live.results else None,
            fresh=live.spec.fresh,
            apart=call in live.apart,
        )
        self._lookups = [one for one in self._lookups if not one.join(0)]
        self._lookups.append(Lookup(question, self._post))
        self._lookups[-1].begin()
        return True

    def found(self, found: Kept) -> None:
        """A call is done without having run."""
        live, live_call = self._live, self._live.calls[found.call]
        if live.schedule.state(found.call) != "parked":
            return
        live_call.done = Done(manifest=found.manifest, digest=found.entry.manifest)
        live_call.output, live_call.because = TAKEN, found.because
        live.supplies[found.call] = Supply(live.engine, found.call, TAKEN, found.folder)
        value = found.manifest.value
        live.log.add(
            "call.restored",
            found.call,
            because=found.because,
            run=found.entry.run,
            made=datetime.fromtimestamp(found.entry.made, timezone.utc).isoformat(
                timespec="seconds"
            ),
            key=found.key,
            code=live.engine.code(live.step(found.call)),
            attempt=TAKEN,
            manifest=found.entry.manifest,
            size=value.size,
            preview=value.preview[:PREVIEW],
        )
        live.schedule.restored(found.call)
        live.log.add("call.done", found.call, attempts=live_call.attempts, seconds=0.0)

    def missed(self, missed: Missed) -> bool:
        """Whether the call is to be started now."""
        live, live_call = self._live, self._live.calls[missed.call]
        if live.schedule.state(missed.call) != "parked":
            return False
        live_call.keeping, live_call.because = missed.keeping, missed.because
        if missed.dropped is not None:
            live.log.add("cache.dropped", missed.call, because=missed.dropped)
        live.log.add("call.needed", missed.call, because=missed.because)
        return True

    def clean(self, until: float) -> None:
        """End the lookups, remove what they took."""
        for lookup in self._lookups:
            lookup.join(max(0.1, until - self._live.spec.clock()))
        shutil.rmtree(self._live.spec.folder.all_taken, ignore_errors=True)

    def _value(self, call: CallId) -> Value:
        done = self._live.calls[call].done
        assert done is not None  # noqa: S101 - a call is looked for when all its producers are done
        return done.manifest.value
