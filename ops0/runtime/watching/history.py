"""All that an event log tells of a run, call by call and attempt by attempt: what a report is made of."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Literal, cast

from ops0.core.pipeline import CallId, JsonValue
from ops0.runtime.events import Event
from ops0.runtime.monitoring import CallView, RunView

Ending = Literal["running", "done", "failed", "dismissed"]


@dataclass(frozen=True, slots=True)
class Sample:
    """``at``: seconds since the run began;  ``cpu``: seconds used so far;  ``memory``: bytes now."""

    at: float
    cpu: float
    memory: int


@dataclass(frozen=True, slots=True)
class Point:
    """A value of a metric; it may be nan or infinite."""

    step: int
    value: float


@dataclass(kw_only=True, slots=True)
class AttemptHistory:
    """One attempt. All times in seconds since the run began, None where it did not come so far.

    starting: its container was asked for;  ready: its runner had imported the step's module, in ``imports`` seconds
    go:       it got its inputs;  ended: its verdict was there
    cpu, peak: seconds of processor time and the most bytes, told by its runner
    metrics:  what it logged, in order;  artifacts: name -> bytes;  models: name@version
    data:     of the event that ended it
    """

    number: int
    starting: float
    ready: float | None = None
    imports: float | None = None
    go: float | None = None
    ended: float | None = None
    ending: Ending = "running"
    cpu: float | None = None
    peak: int | None = None
    metrics: dict[str, list[Point]] = field(default_factory=dict)
    artifacts: dict[str, int] = field(default_factory=dict)
    models: list[str] = field(default_factory=list)
    samples: list[Sample] = field(default_factory=list)
    data: Mapping[str, JsonValue] = field(default_factory=dict)

    @property
    def most_memory(self) -> int | None:
        """The most bytes that are known of: sampled ones count all its processes, its runner's only its own."""
        return max((*(one.memory for one in self.samples), self.peak or 0), default=0) or None

    @property
    def most_cpu(self) -> float | None:
        """Seconds of processor time, as far as they are known."""
        return max((*(one.cpu for one in self.samples), self.cpu or 0.0), default=0.0) or None


@dataclass(kw_only=True, slots=True)
class CallHistory:
    """One call: what the first event says of it, its state, its attempts. ``restored``: of a result that was there."""

    view: CallView
    image: str | None
    where: str
    inputs: Mapping[str, Mapping[str, JsonValue]]
    attempts: list[AttemptHistory] = field(default_factory=list)
    restored: Mapping[str, JsonValue] = field(default_factory=dict)

    @property
    def outcome(self) -> Mapping[str, JsonValue]:
        """What is said of its result, whether it ran or was restored; {} where it has none."""
        last = self.last
        done = last is not None and last.ending == "done"
        return last.data if last is not None and done else self.restored

    @property
    def last(self) -> AttemptHistory | None:
        """Its last attempt that got its inputs, else the last; None where there is none."""
        gone = [one for one in self.attempts if one.go is not None]
        return next(reversed(gone or self.attempts), None)


@dataclass(kw_only=True, slots=True)
class RunHistory:
    """One run. ``began``: UTC, ISO 8601;  ``told``: the data of its first event."""

    view: RunView = field(default_factory=RunView)
    began: str = ""
    told: Mapping[str, JsonValue] = field(default_factory=dict)
    calls: dict[CallId, CallHistory] = field(default_factory=dict)
    alerts: list[str] = field(default_factory=list)
    _known: dict[CallId, CallHistory] = field(default_factory=dict)

    def take(self, event: Event) -> None:
        """Fold one event in."""
        self.view.take(event)
        if event.kind == "run.started":
            self.began, self.told = event.time, event.data
        if event.kind in ("run.started", "run.resumed", "call.spread"):
            self._tell(event)
        elif event.kind == "call.restored" and event.call in self.calls:
            self.calls[event.call].restored = event.data
        elif event.kind == "alert.sent":
            self.alerts.append(str(event.data["to"]))
        elif event.call in self.calls and event.attempt is not None:
            self._attempt(self.calls[event.call], event)

    def _tell(self, event: Event) -> None:
        """Calls that are new, or have changed since an earlier leader of the run told them."""
        for raw in cast("list[dict[str, JsonValue]]", event.data["calls"]):
            call = CallId(str(raw["call"]))
            inputs = raw.get("inputs")  # a run of an ops0 that did not tell them
            known = self._known.get(call)
            self._known[call] = CallHistory(
                view=self.view.calls[call],
                image=cast("str | None", raw["image"]),
                where=str(raw.get("where", "")),
                inputs=cast("Mapping[str, Mapping[str, JsonValue]]", inputs or {}),
                attempts=[] if known is None else known.attempts,
                restored={} if known is None else known.restored,
            )
        self.calls = {name: self._known[name] for name in self.view.calls}

    def _attempt(self, call: CallHistory, event: Event) -> None:
        number = event.attempt or 1
        if event.kind == "attempt.starting":
            call.attempts.append(AttemptHistory(number=number, starting=event.at))
        attempt = next((one for one in call.attempts if one.number == number), None)
        if attempt is None:
            return
        data = event.data
        if event.kind == "attempt.ready":
            attempt.ready, attempt.imports = event.at, cast("float", data["seconds"])
        elif event.kind == "attempt.go":
            attempt.go = event.at
        elif event.kind == "attempt.usage":
            cpu, memory = cast("float", data["cpu"]), cast("int", data["memory"])
            attempt.samples.append(Sample(event.at, cpu, memory))
        elif event.kind == "attempt.metric":
            point = Point(cast("int", data["step"]), float(cast("float | str", data["value"])))
            attempt.metrics.setdefault(str(data["name"]), []).append(point)
        elif event.kind == "attempt.artifact":
            attempt.artifacts[str(data["name"])] = cast("int", data["size"])
        elif event.kind == "model.saved":
            attempt.models.append(f"{data['name']}@{data['version']}")
        elif event.kind == "attempt.used":
            attempt.cpu = cast("float | None", data.get("cpu"))
            attempt.peak = cast("int | None", data.get("peak"))
        elif event.kind in ("attempt.done", "attempt.failed", "attempt.dismissed"):
            attempt.ended, attempt.data = event.at, data
            attempt.ending = cast("Ending", event.kind.partition(".")[2])


def history_of(events: Iterable[Event]) -> RunHistory:
    """The whole history, as far as these events tell it."""
    history = RunHistory()
    for event in events:
        history.take(event)
    return history
