"""The state of a run, folded from its events: live from a listener, or afterwards from the log alone."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, cast

from ops0.core.pipeline import CallId
from ops0.host.owner import is_gone, parse_owner, this_process
from ops0.runtime.events import Event, read_events
from ops0.runtime.runs import RunFolder
from ops0.runtime.states import RunState

Phase = Literal[
    "waiting", "starting", "running", "pausing", "done", "failed", "skipped", "cancelled"
]
"""``starting``: its container is up or coming up, it waits for its inputs; ``pausing``: between two attempts."""

_ENDINGS: dict[str, Phase] = {
    "call.done": "done",
    "call.failed": "failed",
    "call.skipped": "skipped",
    "call.cancelled": "cancelled",
}


@dataclass(kw_only=True, slots=True)
class CallView:
    """One call. ``began`` (first go line) and ``ended`` in seconds since the run began; ``line``: last words.

    because: why it ran or did not, where that is not plain;  restored: it did not run, what it gives was there
    cleaned: what it gave was removed after the run
    number:  of the current attempt, among those that were told to go
    retried: an attempt that this leader of the run had told to go has failed;  went: the current one was told to go
    """

    call: CallId
    step: str
    after: tuple[CallId, ...]
    phase: Phase = "waiting"
    attempt: int = 0
    number: int = 1
    began: float | None = None
    ended: float | None = None
    line: str = ""
    message: str = ""
    because: str = ""
    restored: bool = False
    retried: bool = False
    went: bool = False
    cleaned: bool = False

    def seconds(self, now: float) -> float | None:
        """How long it has run, pauses included; None if it never went."""
        return None if self.began is None else (self.ended or max(now, self.began)) - self.began


@dataclass(kw_only=True, slots=True)
class RunView:
    """One run.

    project: its root, or its bundle's file; None where nobody said
    at: seconds since it began, of the last event;  calls: in the pipeline's order;  warnings: what should be said
    spread: mapped calls, and the calls that stand in their places
    """

    run: str = ""
    pipeline: str = ""
    project: str | None = None
    engine: str = ""
    isolated: bool = False
    state: RunState | None = None
    stopping: str = ""
    at: float = 0.0
    calls: dict[CallId, CallView] = field(default_factory=dict)
    warnings: list[str] = field(default_factory=list)
    spread: dict[CallId, tuple[CallId, ...]] = field(default_factory=dict)

    def take(self, event: Event) -> None:
        """Fold one event in."""
        self.at = event.at
        if event.kind in ("run.started", "run.resumed"):
            self._begin(event)
        elif event.kind == "call.spread" and event.call is not None:
            self._spread(event.call, event)
        elif event.kind == "run.stopping":
            self.stopping = str(event.data["because"])
        elif event.kind == "run.ended":
            self.state = cast("RunState", event.data["state"])
        elif event.kind == "alert.failed":
            data = event.data
            hint = f" ({data['hint']})" if data["hint"] else ""
            of = f"{event.call}: " if event.call is not None else ""
            self.warnings.append(
                f"{of}the alert to {data['to']} was not sent: {data['message']}{hint}"
            )
        elif event.kind == "cache.dropped":
            fact = f"what was kept is damaged and was removed: {event.data['because']}"
            self.warnings.append(f"{event.call}: {fact}")
        elif event.call in self.calls:
            self._call(self.calls[event.call], event)

    def _begin(self, event: Event) -> None:
        self.run, self.engine = str(event.data["run"]), str(event.data["engine"])
        self.pipeline = str(event.data["pipeline"])
        project = event.data.get("project")
        self.project = None if project is None else str(project)
        self.isolated = bool(event.data.get("isolated"))
        self.state, self.stopping = None, ""
        self.calls = {one.call: one for one in _told(event)}
        self.spread = {}

    def _spread(self, mapped: CallId, event: Event) -> None:
        """In the place of a mapped call stand those that it became."""
        items = {one.call: one for one in _told(event)}
        self.spread[mapped] = tuple(items)
        before, self.calls = self.calls, {}
        for name, view in before.items():
            if mapped in view.after:
                rest = (one for one in view.after if one != mapped)
                view.after = (*rest, *items)
            self.calls.update(items if name == mapped else {name: view})

    def _call(self, view: CallView, event: Event) -> None:
        if event.kind in ("call.needed", "call.restored"):
            view.because = str(event.data["because"])
            view.restored = event.kind == "call.restored"
        elif event.kind == "attempt.adopted":
            view.phase, view.attempt, view.began = "running", event.attempt or 1, event.at
            view.went, view.number = True, _number(event)
            view.because = "under way already"
        elif event.kind == "attempt.starting":
            view.phase, view.attempt, view.line = "starting", event.attempt or 1, ""
            view.number += view.went
            view.went = False
        elif event.kind == "attempt.go":
            view.phase, view.went = "running", True
            view.number = _number(event)
            view.began = event.at if view.began is None else view.began
        elif event.kind == "attempt.log":
            view.line = str(event.data["line"])
        elif event.kind == "call.cleaned":
            view.cleaned = True
        elif event.kind == "attempt.failed":
            view.message = str(event.data["message"])
            view.phase, view.retried = "pausing", view.retried or view.went
        elif event.kind in _ENDINGS:
            view.phase, view.ended = _ENDINGS[event.kind], event.at
            if event.kind == "call.skipped":
                view.message = f"{event.data['because']} failed"

    def count(self, *phases: Phase) -> int:
        """How many calls are in these phases."""
        return sum(call.phase in phases for call in self.calls.values())


def _number(event: Event) -> int:
    """Of an attempt that was told to go; an ops0 that did not tell it counted those too that were not."""
    return cast("int", event.data.get("number", event.attempt or 1))


def _told(event: Event) -> Iterator[CallView]:
    """The calls that an event tells, as they are before they begin."""
    for raw in cast("list[dict[str, object]]", event.data["calls"]):
        after = tuple(CallId(str(name)) for name in cast("list[object]", raw["after"]))
        yield CallView(call=CallId(str(raw["call"])), step=str(raw["step"]), after=after)


def view_events(events: Iterable[Event]) -> RunView:
    """The state after all these events."""
    view = RunView()
    for event in events:
        view.take(event)
    return view


def view_run(log: Path) -> RunView:
    """The state that an event log tells. Raises RunLogFault."""
    return view_events(read_events(log))


def still_runs(folder: RunFolder) -> bool:
    """Whether somebody may still run it: its process is not certainly gone. Of a run without its last event."""
    try:
        owner = parse_owner(folder.owner.read_text())
    except OSError:
        return False
    return owner is not None and not is_gone(owner, this_process())
