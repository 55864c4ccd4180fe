"""The runs that are kept on a machine as gauges: how many there are, and how the last of each pipeline went. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime

from ops0.integrations.prometheus import Gauge
from ops0.runtime.watching.history import AttemptHistory, CallHistory, Point, RunHistory

Labels = Mapping[str, str]
_RUN = ("pipeline", "project", "engine")
_CALL = (*_RUN, "call", "step")


def gauges_of(runs: Iterable[tuple[RunHistory, str]]) -> tuple[Gauge, ...]:
    """All gauges.

    runs: oldest first, each with its state: done, failed, cancelled, running, killed
    """
    counts: Counter[tuple[str, ...]] = Counter()
    last: dict[tuple[str, ...], tuple[RunHistory, str]] = {}
    for history, state in runs:
        of = tuple(_of_run(history).values())
        counted = (*of, state)
        counts[counted] += 1
        if state in ("done", "failed"):
            last[of] = (history, state)
    kept = [
        (dict(zip((*_RUN, "state"), key, strict=True)), float(count))
        for key, count in sorted(counts.items())
    ]
    return (
        Gauge(
            name="runs",
            about="Runs that are kept on this machine.",
            labels=(*_RUN, "state"),
            values=kept,
        ),
        *_of_runs(last),
        *_of_calls([history for history, _ in last.values()]),
    )


def _of_runs(last: Mapping[tuple[str, ...], tuple[RunHistory, str]]) -> Iterator[Gauge]:
    def values(number: Callable[[RunHistory, str], float]) -> list[tuple[Labels, float]]:
        return [
            (dict(zip(_RUN, of, strict=True)), number(*run)) for of, run in sorted(last.items())
        ]

    for name, about, number in (
        ("last_run_success", "1 where the last run was done.", lambda _, state: state == "done"),
        (
            "last_run_start_timestamp_seconds",
            "When the last run began, in seconds since 1970.",
            lambda history, _: datetime.fromisoformat(history.began).timestamp(),
        ),
        (
            "last_run_duration_seconds",
            "How long the last run took.",
            lambda history, _: history.view.at,
        ),
    ):
        yield Gauge(name=name, about=about, labels=_RUN, values=values(number))


def _of_calls(histories: Iterable[RunHistory]) -> Iterator[Gauge]:
    calls = [
        (_labels(history, call), history, call)
        for history in histories
        for call in history.calls.values()
    ]
    for name, about, number in (
        ("duration_seconds", "How long the call took, pauses between attempts included.",
         lambda history, call: call.view.seconds(history.view.at)),
        ("attempts", "Attempts that got their inputs.",
         lambda _, call: float(sum(one.go is not None for one in call.attempts))),
        ("cpu_seconds", "Processor time of all attempts.",
         lambda _, call: sum(one.most_cpu or 0.0 for one in call.attempts) or None),
        ("memory_bytes", "The most memory at once.",
         lambda _, call: max((one.most_memory or 0 for one in call.attempts), default=0) or None),
        ("result_bytes", "Size of the result, made or taken from what is kept.",
         lambda _, call: call.outcome.get("size")),
    ):  # fmt: skip
        found = [(labels, number(history, call)) for labels, history, call in calls]
        yield Gauge(
            name=f"last_run_call_{name}",
            about=about,
            labels=_CALL,
            values=[(labels, float(value)) for labels, value in found if value is not None],
        )
    yield Gauge(
        name="last_run_metric",
        about="The last value of what a step logged with ops0.log_metric.",
        labels=(*_CALL, "name"),
        values=[
            ({**labels, "name": name}, points[-1].value)
            for labels, _, call in calls
            for name, points in sorted(_metrics(call.last).items())
        ],
    )


def _metrics(attempt: AttemptHistory | None) -> Mapping[str, list[Point]]:
    return {} if attempt is None else attempt.metrics


def _labels(history: RunHistory, call: CallHistory) -> Labels:
    return {**_of_run(history), "call": call.view.call, "step": call.view.step}


def _of_run(history: RunHistory) -> Labels:
    """Which pipeline of which project: many projects have one of the same name."""
    view = history.view
    values = (view.pipeline, view.project or "", view.engine)
    return dict(zip(_RUN, values, strict=True))
