"""What the page says, as finished values: the template only places them. Reads the run's logs and previews."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import cast

from ops0.core.graphs.shapes import shape_text
from ops0.core.pipeline import CallId, JsonValue
from ops0.runtime.errors import way_on
from ops0.runtime.outputs.previews import Shown, read_previews
from ops0.runtime.page.charts import Chart, usage_charts
from ops0.runtime.page.logged import (
    ArtifactShown,
    MetricShown,
    shown_artifacts,
    shown_metrics,
)
from ops0.runtime.page.logs import LogShown, read_log
from ops0.runtime.page.timeline import Bar, bars, working
from ops0.runtime.page.words import size_words, time_words
from ops0.runtime.runs import RunFolder
from ops0.runtime.watching.history import AttemptHistory, CallHistory, RunHistory

_LONGEST_VALUE = 300
_TOLD_BY_RUNNER = frozenset({"step", "import", "value", "input", "job"})
"""Kinds of failure whose exit code is only how runner and host talk."""


@dataclass(frozen=True, kw_only=True, slots=True)
class InputShown:
    """An argument: ``source``, the call it comes from (with its anchor), or None; ``text``: what it is."""

    name: str
    source: str | None
    anchor: str | None
    text: str


@dataclass(frozen=True, kw_only=True, slots=True)
class AttemptShown:
    """An attempt, with its charts and its whole log or the ends of it.

    hint, rerun: what to do about a failure, in words and as a command;  rerun is "" where another attempt follows
    """

    number: int
    ending: str
    facts: tuple[tuple[str, str], ...]
    message: str
    where: str
    hint: str
    rerun: str
    traceback: str
    retry: str
    charts: tuple[Chart, ...]
    metrics: tuple[MetricShown, ...]
    artifacts: tuple[ArtifactShown, ...]
    log: LogShown | None


@dataclass(frozen=True, kw_only=True, slots=True)
class CallShown:
    """A call: one section of the page.

    facts:   what stands beside its name;  because: why it ran or did not
    worked:  how long its attempts worked, as its bars show it
    """

    anchor: str
    name: str
    step: str
    phase: str
    where: str
    image: str
    facts: tuple[tuple[str, str], ...]
    because: str
    message: str
    bars: tuple[Bar, ...]
    worked: str
    inputs: tuple[InputShown, ...]
    outcome: str
    warning: str
    shown: tuple[Shown, ...]
    attempts: tuple[AttemptShown, ...]


def shown_calls(folder: RunFolder, history: RunHistory) -> tuple[CallShown, ...]:
    """Every call, in the pipeline's order."""
    anchors = {name: f"call-{number}" for number, name in enumerate(history.calls, start=1)}
    logs = max(1, sum(len(call.attempts) for call in history.calls.values()))
    return tuple(
        _call(folder, history, call, anchors, logs=logs) for call in history.calls.values()
    )


def _call(
    folder: RunFolder,
    history: RunHistory,
    call: CallHistory,
    anchors: Mapping[CallId, str],
    *,
    logs: int,
) -> CallShown:
    view, last, done = call.view, call.last, call.outcome
    rerun = str(history.told.get("rerun") or "")
    return CallShown(
        anchor=anchors[view.call],
        name=view.call,
        step=view.step,
        phase=view.phase,
        where=call.where,
        image=call.image or "",
        facts=_facts(call, history.view.at),
        because=view.because,
        message=view.message if view.phase in ("failed", "skipped", "pausing") else "",
        bars=bars(call, history.view.at),
        worked=_worked(call, history.view.at),
        inputs=tuple(_input(history, anchors, name, told) for name, told in call.inputs.items()),
        outcome=str(done.get("preview", "")),
        warning=str(done.get("warning") or ""),
        shown=read_previews(folder.preview(view.call, last.number)) if last else (),
        attempts=tuple(
            _attempt(folder, view.call, one, now=history.view.at, logs=logs, rerun=rerun)
            for one in call.attempts
            if one.go is not None or one.ending == "failed"
        ),
    )


def _worked(call: CallHistory, now: float) -> str:
    """All that its attempts worked; "" where none did."""
    found = [seconds for one in call.attempts if (seconds := working(one, now)) is not None]
    return time_words(sum(found)) if found else ""


def _made_before(call: CallHistory) -> float | None:
    """What the attempt took whose result a resumed run has taken over from itself, seconds; None where it did not."""
    last = call.last if call.restored else None
    if last is None or last.ending != "done" or last.go is None or last.ended is None:
        return None
    return last.ended - last.go


def _facts(call: CallHistory, now: float) -> tuple[tuple[str, str], ...]:
    made = _made_before(call)
    seconds = call.view.seconds(now) if made is None else made
    cpu = sum(one.most_cpu or 0.0 for one in call.attempts)
    memory = max((one.most_memory or 0 for one in call.attempts), default=0)
    size, gone = call.outcome.get("size"), ", removed after the run" if call.view.cleaned else ""
    found = {
        "time": "" if seconds is None else time_words(seconds),
        "not run": "cached result" if call.restored and made is None else "",
        "cpu": time_words(cpu) if cpu else "",
        "memory": size_words(memory) if memory else "",
        "result": f"{size_words(size)}{gone}" if isinstance(size, int) else "",
    }
    return tuple((name, text) for name, text in found.items() if text)


def _input(
    history: RunHistory,
    anchors: Mapping[CallId, str],
    name: str,
    told: Mapping[str, JsonValue],
) -> InputShown:
    if "parts" in told:
        parts = [
            _input(history, anchors, name, one)
            for one in cast("list[Mapping[str, JsonValue]]", told["parts"])
        ]
        text = shape_text(told["shape"], [one.source or one.text for one in parts])
        return InputShown(name=name, source=None, anchor=None, text=_cut(text))
    if "call" not in told:
        given = cast("Mapping[str, JsonValue]", history.told.get("params") or {})
        param = told.get("param")
        value = told.get("value") if param is None else given.get(str(param), told.get("default"))
        text = json.dumps(value, ensure_ascii=False)
        return InputShown(name=name, source=None, anchor=None, text=_cut(text))
    source = CallId(str(told["call"]))
    producer = history.calls.get(source)
    item = told.get("item")
    label = source if item is None else f"{source}[{item}]"
    preview = "" if producer is None else str(producer.outcome.get("preview", ""))
    return InputShown(name=name, source=label, anchor=anchors.get(source), text=preview)


def _cut(text: str) -> str:
    return text if len(text) <= _LONGEST_VALUE else f"{text[:_LONGEST_VALUE]}…"


def _attempt(
    folder: RunFolder,
    call: CallId,
    attempt: AttemptHistory,
    *,
    now: float,
    logs: int,
    rerun: str,
) -> AttemptShown:
    data = attempt.data
    exit_code, retry = data.get("exit"), data.get("retry_in")
    told = data.get("kind") in _TOLD_BY_RUNNER
    hint, command = str(data.get("hint") or ""), ""
    if attempt.ending == "failed" and retry is None and rerun:
        hint, command = way_on(str(data["kind"]), hint, rerun)
    seconds = working(attempt, now)
    found = {
        "worked": "" if seconds is None else time_words(seconds),
        "imports": "" if attempt.imports is None else time_words(attempt.imports),
        "cpu": time_words(attempt.most_cpu) if attempt.most_cpu else "",
        "peak memory": size_words(attempt.most_memory) if attempt.most_memory else "",
        "exit code": str(exit_code)
        if isinstance(exit_code, int) and exit_code and not told
        else "",
    }
    return AttemptShown(
        number=attempt.number,
        ending=attempt.ending,
        facts=tuple((name, text) for name, text in found.items() if text),
        message=str(data.get("message") or ""),
        where=str(data.get("where") or ""),
        hint=hint,
        rerun=command,
        traceback=str(data.get("traceback") or ""),
        retry=time_words(float(retry)) if isinstance(retry, int | float) else "",
        charts=usage_charts(attempt, now),
        metrics=shown_metrics(attempt),
        artifacts=shown_artifacts(folder, call, attempt),
        log=read_log(folder.log(call, attempt.number), logs),
    )
