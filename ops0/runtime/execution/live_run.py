"""What is known of one run while it goes on: shared by those who lead it, all on one thread."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from ops0.core.errors import Ops0Error
from ops0.core.graphs.spreading import mapped_over
from ops0.core.pipeline import Call, CallId, Step
from ops0.runtime.engine import Engine
from ops0.runtime.events import EventLog
from ops0.runtime.execution.live_call import LiveCall
from ops0.runtime.execution.messages import Delivery
from ops0.runtime.execution.run_spec import RunSpec
from ops0.runtime.execution.schedule import Schedule
from ops0.runtime.execution.timers import TimerKind, Timers
from ops0.runtime.keeping.shelving import Shelves
from ops0.runtime.resuming.past import PastCall
from ops0.runtime.sweeping.cleanups import Hold


@dataclass(kw_only=True, slots=True)
class LiveRun:
    """One run while it goes on.

    calls:     what is known of each call;  errors: what the run fails with
    shelves:    where models go that steps save
    supplies:   values that the engine gets when a consumer starts
    results:    calls whose values the run gives back, those that a mapped one of them became included
    mapped:     mapped calls that are not spread yet;  spread: what the others became
    apart:      calls whose results are stored item by item, since a mapped one goes over them
    before:     what is known of calls from an earlier process, items of mapped ones included
    held:       what goes some time after the run stays while this does
    interrupts: how often somebody has asked it to end;  stopping: nothing is started any more
    """

    spec: RunSpec
    engine: Engine
    schedule: Schedule
    log: EventLog
    calls: dict[CallId, LiveCall]
    shelves: Shelves
    errors: list[Ops0Error] = field(default_factory=list)
    interrupts: int = 0
    stopping: bool = False
    results: set[CallId] = field(default_factory=set)
    mapped: list[CallId] = field(default_factory=list)
    apart: frozenset[CallId] = frozenset()
    spread: dict[CallId, tuple[CallId, ...]] = field(default_factory=dict)
    before: Mapping[CallId, PastCall] = field(default_factory=dict)
    supplies: dict[CallId, Delivery] = field(default_factory=dict)
    held: Hold | None = None
    timers: Timers = field(default_factory=Timers)

    def call(self, call: CallId) -> Call:
        """The call of that id."""
        return self.spec.calls[call]

    def step(self, call: CallId) -> Step:
        """The step of a call."""
        return self.spec.pipeline.step(self.spec.calls[call].step)

    def seconds(self, call: CallId) -> float | None:
        """How long a call has taken so far; None if it never went."""
        return self.calls[call].seconds(self.spec.clock())

    def set_timer(self, seconds: float, kind: TimerKind, call: CallId, attempt: int) -> None:
        """Have the conductor look at an attempt after some seconds."""
        self.timers.set(self.spec.clock() + seconds, kind, call, attempt)


def new_live_run(spec: RunSpec, engine: Engine, schedule: Schedule, log: EventLog) -> LiveRun:
    """A run of which nothing has happened yet."""
    pipeline = spec.pipeline
    return LiveRun(
        spec=spec,
        engine=engine,
        schedule=schedule,
        log=log,
        calls={call.id: LiveCall() for call in pipeline.calls},
        results=set(pipeline.results),
        mapped=[call.id for call in pipeline.calls if call.each],
        apart=mapped_over(pipeline),
        shelves=Shelves(spec.folder, log),
    )
