"""A run as spans: the run, below it its calls, below these their attempts. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime

from ops0.integrations.spans import Span
from ops0.runtime.watching.history import AttemptHistory, CallHistory, RunHistory

_OK = ("done", "dismissed")


def spans_of(history: RunHistory) -> Iterator[Span]:
    """The spans of a run, each after the one that it belongs to. Times in nanoseconds since 1970, UTC."""
    view = history.view
    began = round(datetime.fromisoformat(history.began).timestamp() * 1e9)

    def at(seconds: float) -> int:
        return began + round(seconds * 1e9)

    yield Span(
        key="run",
        parent=None,
        name=f"run {view.pipeline}",
        start=began,
        end=at(view.at),
        error=None if view.state == "done" else f"the run {view.state or 'never ended'}",
        attributes={
            "ops0.run": view.run,
            "ops0.pipeline": view.pipeline,
            "ops0.engine": view.engine,
            "ops0.state": view.state or "killed",
        },
    )
    for call in history.calls.values():
        if call.attempts:
            yield from _call_spans(call, view.at, at)


def _call_spans(call: CallHistory, now: float, at: Callable[[float], int]) -> Iterator[Span]:
    """A call and its attempts. ``now``: when those have ended at the latest whose end nobody saw."""
    name, view, last = call.view.call, call.view, call.attempts[-1].ended
    yield Span(
        key=name,
        parent="run",
        name=name,
        start=at(call.attempts[0].starting),
        end=at(now if last is None else last),
        error=view.message or view.phase if view.phase == "failed" else None,
        attributes=_call_attributes(call),
    )
    for attempt in call.attempts:
        ending = attempt.ending
        yield Span(
            key=f"{name}.{attempt.number}",
            parent=name,
            name=f"{name}, attempt {attempt.number}",
            start=at(attempt.starting),
            end=at(now if attempt.ended is None else attempt.ended),
            error=None if ending in _OK else str(attempt.data.get("message") or ending),
            attributes=_attempt_attributes(attempt),
            events=_events(attempt, at),
        )


def _call_attributes(call: CallHistory) -> dict[str, str | int | float]:
    found: dict[str, str | int | float] = {
        "ops0.call": call.view.call,
        "ops0.step": call.view.step,
        "ops0.attempts": len(call.attempts),
        "code.location": call.where,
    }
    if call.image:
        found["container.image.id"] = call.image
    return found


def _attempt_attributes(attempt: AttemptHistory) -> dict[str, str | int | float]:
    told: dict[str, str | int | float | None] = {
        "ops0.attempt": attempt.number,
        "ops0.imports_seconds": attempt.imports,
        "ops0.cpu_seconds": attempt.most_cpu,
        "ops0.memory_bytes": attempt.most_memory,
    }
    for name, field in (("ops0.exit_code", "exit"), ("ops0.result_bytes", "size")):
        value = attempt.data.get(field)
        told[name] = value if isinstance(value, int) else None
    for name, points in attempt.metrics.items():
        told[f"ops0.metric.{name}"] = points[-1].value
    return {name: value for name, value in told.items() if value is not None}


def _events(
    attempt: AttemptHistory, at: Callable[[float], int]
) -> tuple[tuple[int, str, Mapping[str, str | int | float]], ...]:
    """When it was ready and when it went; what it raised, as OpenTelemetry notes exceptions."""
    found: list[tuple[int, str, Mapping[str, str | int | float]]] = []
    for name, when in (("ready", attempt.ready), ("go", attempt.go)):
        if when is not None:
            found.append((at(when), name, {}))
    if attempt.ending == "failed" and attempt.ended is not None:
        kind, _, message = str(attempt.data.get("message") or "").partition(": ")
        told = {
            "exception.type": kind,
            "exception.message": message or kind,
            "exception.stacktrace": str(attempt.data.get("traceback") or ""),
        }
        found.append((at(attempt.ended), "exception", told))
    return tuple(found)
