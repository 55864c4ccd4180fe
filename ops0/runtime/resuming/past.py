"""What a run came to so far, folded from its event log: what is done, what was under way, what it was told. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, cast

from ops0.core.pipeline import CallId, JsonValue
from ops0.host.owner import parse_owner
from ops0.runtime.errors import RunLogFault
from ops0.runtime.events import Event
from ops0.runtime.states import RunState


@dataclass(frozen=True, kw_only=True, slots=True)
class Ended:
    """A call that is done.

    seq:      of the event that said so;  attempt: whose output it is, 0: of none of this run
    manifest: sha256;  code: what it was made by, None where the log does not tell
    told:     what the log said of its value: size, preview
    """

    seq: int
    attempt: int
    manifest: str
    code: str | None
    told: Mapping[str, JsonValue]


@dataclass(frozen=True, kw_only=True, slots=True)
class Moment:
    """A moment on the monotonic clock of one boot. ``at``: seconds since that."""

    boot: str
    at: float


@dataclass(frozen=True, kw_only=True, slots=True)
class UnderWay:
    """An attempt that had its go line and of which nothing more is known.

    since: the event's time, by the calendar;  moment: the same, None where the log does not tell
    """

    attempt: int
    nonce: str
    since: str
    moment: Moment | None = None


@dataclass(kw_only=True, slots=True)
class PastCall:
    """One call. ``attempts``: how many were begun;  failure: what the last one failed with, or "".

    went:    how many of them were told to go
    failed:  how many of them failed by themselves since the run had its last end, and the call's its last verdict
    inputs:  where its arguments came from, as in the log, and their parameters' values, when it was last sent
    apart:   whether its result was to be stored item by item
    cleaned: what it gave was removed after the run
    """

    attempts: int = 0
    went: int = 0
    failed: int = 0
    nonce: str = ""
    ended: Ended | None = None
    under_way: UnderWay | None = None
    failure: str = ""
    cleaned: bool = False
    inputs: Mapping[str, JsonValue] = field(default_factory=dict)
    image: str | None = None
    apart: bool = False

    @property
    def uncounted(self) -> int:
        """The attempts that do not count against its retries.

        Of a run that had come to its end all of them: whoever goes on with it wants it tried again. Of one that was
        killed those that did not fail by themselves.
        """
        return self.attempts - self.failed


@dataclass(kw_only=True, slots=True)
class Past:
    """One run, up to its last event. ``state``: None where it has no end.

    spread: how many calls each mapped call became, and the ``seq`` of the event that said so
    """

    run: str
    pipeline: str
    entry: str
    project: str | None
    engine: str
    params: Mapping[str, JsonValue]
    last: Event
    state: RunState | None = None
    calls: dict[CallId, PastCall] = field(default_factory=dict)
    spread: dict[CallId, tuple[int, int]] = field(default_factory=dict)
    _zero: Moment | None = None
    _inputs: dict[CallId, Mapping[str, JsonValue]] = field(default_factory=dict)

    def call(self, call: CallId) -> PastCall:
        """What is known of a call; nothing, where it was not there yet."""
        return self.calls.setdefault(call, PastCall())


def past_of(events: Iterable[Event], place: str) -> Past:
    """Fold a whole log.

    place:  what an error names
    raises: RunLogFault for a log that does not begin with a run
    """
    past: Past | None = None
    try:
        for event in events:
            if past is None:
                past = _begun(event, place)
            past.last = event
            _fold(past, event)
    except (KeyError, TypeError, AttributeError) as fault:
        raise RunLogFault(f"{place}: no log of a run: {fault!r}") from None
    if past is None:
        raise RunLogFault(f"{place}: it is empty", "the run had not begun: start a new one")
    return past


def _begun(event: Event, place: str) -> Past:
    if event.kind != "run.started":
        raise RunLogFault(f"{place}: begins with {event.kind}")
    data = event.data
    project = data.get("project")
    return Past(
        run=str(data["run"]),
        pipeline=str(data["pipeline"]),
        entry=str(data["entry"]),
        project=None if project is None else str(project),
        engine=str(data["engine"]),
        params={},
        last=event,
    )


def _fold(past: Past, event: Event) -> None:
    if event.kind in ("run.started", "run.resumed"):
        _told(past, event)
    elif event.kind == "call.spread" and event.call is not None:
        past.spread[event.call] = (int(cast("int", event.data["items"])), event.seq)
        _told_calls(past, event)
    elif event.kind == "run.ended":
        past.state = cast("RunState", event.data["state"])
        for one in past.calls.values():
            one.failed = 0
    elif event.kind == "run.cleaning":
        for one in past.calls.values():
            one.under_way = None
    elif event.call is not None:
        _fold_call(past, past.call(event.call), event)


def _told(past: Past, event: Event) -> None:
    past.state = None
    owner, clock = parse_owner(str(event.data.get("owner"))), event.data.get("clock")
    if owner is None or not isinstance(clock, int | float):
        past._zero = None  # noqa: SLF001 - folded here only
    else:
        past._zero = Moment(boot=owner.boot, at=float(clock))  # noqa: SLF001
    past.params = dict(cast("Mapping[str, JsonValue]", event.data["params"]))
    _told_calls(past, event)


def _told_calls(past: Past, event: Event) -> None:
    for raw in cast("list[Mapping[str, Any]]", event.data["calls"]):
        call = CallId(str(raw["call"]))
        past._inputs[call] = raw.get("inputs", {})  # noqa: SLF001 - folded here only
        image = raw.get("image")
        known = past.call(call)
        known.image = None if image is None else str(image)
        known.apart = raw.get("apart") is True


def _fold_call(past: Past, call: PastCall, event: Event) -> None:
    data, attempt = event.data, event.attempt or 0
    if event.kind == "attempt.starting":
        call.attempts, call.nonce, call.under_way = attempt, str(data["nonce"]), None
        call.ended, call.cleaned = None, False
    elif event.kind == "attempt.go":
        call.under_way = UnderWay(
            attempt=attempt, nonce=call.nonce, since=event.time, moment=_moment(past, event)
        )
        call.inputs, call.failure = _filled(past, event.call), ""
        call.went += 1
    elif event.kind in ("attempt.done", "call.restored"):
        call.under_way = None
        if not (event.kind == "call.restored" and call.ended is not None):
            call.inputs = _filled(past, event.call)
        call.ended = Ended(
            seq=_first_seq(call, event),
            attempt=int(cast("int", data.get("attempt", attempt))),
            manifest=str(data["manifest"]),
            code=cast("str | None", data.get("code")),
            told={"size": data.get("size"), "preview": data.get("preview")},
        )
    elif event.kind == "attempt.failed":
        # One that was not told to go, or that the engine lost, is no try of the step's.
        call.failed += call.under_way is not None and data.get("kind") != "lost"
        call.under_way, call.failure = None, str(data["message"])
    elif event.kind == "call.failed":
        call.failed = 0
    elif event.kind == "call.cleaned":
        call.cleaned = True


def _moment(past: Past, event: Event) -> Moment | None:
    zero = past._zero  # noqa: SLF001 - folded here only
    return None if zero is None else Moment(boot=zero.boot, at=zero.at + event.at)


def _first_seq(call: PastCall, event: Event) -> int:
    """When its value was made: saying again that it is there makes it no younger than what was made from it."""
    known = call.ended
    same = known is not None and known.manifest == event.data["manifest"]
    return known.seq if known is not None and same else event.seq


def _filled(past: Past, call: CallId | None) -> Mapping[str, JsonValue]:
    inputs = past._inputs.get(cast("CallId", call), {})  # noqa: SLF001 - folded here only
    return filled(inputs, past.params)


def filled(
    inputs: Mapping[str, JsonValue], params: Mapping[str, JsonValue]
) -> Mapping[str, JsonValue]:
    """The inputs of a call as the log tells them, with the values of parameters in place of their names."""
    return {name: _with_params(source, params) for name, source in inputs.items()}


def _with_params(source: JsonValue, params: Mapping[str, JsonValue]) -> JsonValue:
    if not isinstance(source, dict):
        return source
    if "param" in source:
        return {"value": params.get(str(source["param"]), source.get("default"))}
    parts = source.get("parts")
    if isinstance(parts, list):
        return {**source, "parts": [_with_params(one, params) for one in parts]}
    return source
