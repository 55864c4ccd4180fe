"""How a run looks, from its events alone."""

from __future__ import annotations

import io
import re
from typing import Any

import pytest
from terminals import Terminal

from ops0.cli.progress.run import LiveProgress, PlainProgress, tree_rows
from ops0.core.pipeline import CallId
from ops0.runtime.events import Event
from ops0.runtime.monitoring import RunView, view_events

CALLS = [
    {"call": "load", "step": "load", "after": [], "image": None},
    {"call": "clean", "step": "clean", "after": ["load"], "image": None},
    {"call": "train", "step": "train", "after": ["clean"], "image": None},
    {"call": "plot", "step": "plot", "after": ["clean"], "image": None},
    {"call": "report", "step": "report", "after": ["train", "plot"], "image": None},
]


def event(
    at: float, kind: Any, call: str | None = None, attempt: int | None = None, /, **data: Any
) -> Event:
    return Event(
        seq=1,
        time="t",
        at=at,
        kind=kind,
        call=CallId(call) if call else None,
        attempt=attempt,
        data=data,
    )


STORY = (
    event(0.0, "run.started", run="r1", pipeline="p", engine="processes", calls=CALLS),
    event(0.1, "attempt.starting", "load", 1, what="process", nonce="n"),
    event(0.2, "attempt.go", "load", 1, parked=0.0, inputs={}),
    event(0.5, "attempt.log", "load", 1, line="read \x1b[31m3\x1b[0m rows"),
    event(
        1.2,
        "attempt.done",
        "load",
        1,
        seconds=1.0,
        exit=0,
        manifest="",
        size=1,
        preview="",
        warning=None,
    ),
    event(1.2, "call.done", "load", attempts=1, seconds=1.0),
    event(1.3, "attempt.starting", "clean", 1, what="process", nonce="n"),
    event(1.4, "attempt.go", "clean", 1, parked=0.0, inputs={}),
    event(2.4, "attempt.failed", "clean", 1, kind="step", message="E: once", retry_in=0.5, exit=10),
    event(3.0, "attempt.starting", "clean", 2, what="process", nonce="n"),
    event(3.0, "attempt.go", "clean", 2, parked=0.0, inputs={}),
    event(
        4.0,
        "attempt.failed",
        "clean",
        2,
        kind="step",
        message="E: bad\nrows",
        retry_in=None,
        exit=10,
    ),
    event(4.0, "call.failed", "clean", attempts=2, kind="step"),
    *(event(4.0, "call.skipped", call, because="clean") for call in ("train", "plot", "report")),
    event(4.1, "run.ended", state="failed", seconds=4.1),
)


def test_a_log_tells_the_story_line_by_line() -> None:
    stream = io.StringIO()
    with PlainProgress(stream) as show:
        for one in STORY:
            show(one)
    assert stream.getvalue().splitlines() == [
        "load: running",
        "load: done in 1.0 s",
        "clean: running",
        "clean: attempt 1 failed: E: once; again in 0.5 s",
        "clean: running (attempt 2)",
        "clean: failed: E: bad rows",
        "train: skipped, clean failed",
        "plot: skipped, clean failed",
        "report: skipped, clean failed",
        "run r1 failed: 1 of 5 done, 1 failed, 3 skipped in 4.1 s",
    ]


def test_a_terminal_shows_every_call_and_obeys_no_step(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.setenv("COLUMNS", "60")
    monkeypatch.setenv("LINES", "20")
    monkeypatch.setenv("NO_COLOR", "1")
    stream = Terminal()
    with LiveProgress(stream) as show:
        for one in STORY[:4]:
            show(one)
        show(event(0.6, "attempt.log", "load", 1, line="\x1b]0;owned\x07 harmless"))
    text = stream.getvalue()
    assert "\x1b]0;" not in text
    assert "harmless" in text
    assert all(one["call"] in text for one in CALLS)


@pytest.mark.parametrize("columns", ["40", "80", "120"])
def test_a_long_line_pushes_neither_mark_nor_seconds_off_the_terminal(
    monkeypatch: pytest.MonkeyPatch, columns: str
) -> None:
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.setenv("COLUMNS", columns)
    monkeypatch.setenv("LINES", "20")
    monkeypatch.setenv("NO_COLOR", "1")
    stream = Terminal()
    with LiveProgress(stream) as show:
        for one in STORY[:3]:
            show(one)
        show(event(0.5, "attempt.log", "load", 1, line="wörd😀" * 60))
    last = re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", stream.getvalue()).replace("\r", "\n").split("\n")
    (load,) = [line for line in last if "wörd" in line][-1:]
    assert re.match(r"▶ load +[0-9]+\.[0-9] s wörd", load)


INTERRUPTED = (
    *STORY[:3],
    event(0.6, "run.stopping", because="interrupt"),
    event(0.8, "run.stopping", because="interrupt twice"),
)


def test_what_a_second_ctrl_c_does_is_told_on_a_terminal_too(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Nothing was told there: a step got its seconds to end, and nobody knew that there was a way to spare them."""
    for name, value in (("TERM", "xterm-256color"), ("COLUMNS", "80"), ("NO_COLOR", "1")):
        monkeypatch.setenv(name, value)
    stream = Terminal()
    with LiveProgress(stream) as show:
        for one in INTERRUPTED[:4]:
            show(one)
    assert "once more to end them now" in stream.getvalue()
    with LiveProgress(stream := Terminal()) as show:
        for one in (*INTERRUPTED, event(0.9, "run.ended", state="cancelled", seconds=0.9)):
            show(one)
    assert "cancelled" in stream.getvalue()


def test_what_ctrl_c_does_is_told_once_and_its_second_time_otherwise() -> None:
    stream = io.StringIO()
    with PlainProgress(stream) as show:
        for one in INTERRUPTED:
            show(one)
    assert stream.getvalue().splitlines()[1:] == [
        "stopping: the steps that run get a moment to end; once more to end them now",
        "ending the steps that run now; what is done is kept",
    ]


def test_a_failed_call_of_whatever_name_is_no_ctrl_c() -> None:
    stream = io.StringIO()
    call = {"call": "interrupt", "step": "interrupt", "after": [], "image": None}
    with PlainProgress(stream) as show:
        show(event(0.0, "run.started", run="r", pipeline="p", engine="processes", calls=[call]))
        show(event(0.6, "run.stopping", because="interrupt"))
    assert stream.getvalue() == ""


def test_a_chain_stays_on_one_level_and_a_fork_goes_in() -> None:
    view = view_events(STORY[:1])
    assert [(len(indent), row.call) for indent, row in tree_rows(view)] == [
        (0, "load"),
        (0, "clean"),
        (2, "train"),
        (2, "plot"),
        (2, "report"),
    ]


def test_the_view_folds_phases_times_and_words() -> None:
    view = view_events(STORY)
    clean, load = view.calls[CallId("clean")], view.calls[CallId("load")]
    assert (load.phase, load.seconds(9.0), load.line) == ("done", 1.0, "read \x1b[31m3\x1b[0m rows")
    assert (clean.phase, clean.attempt, clean.message) == ("failed", 2, "E: bad\nrows")
    assert clean.seconds(9.0) == pytest.approx(2.6)
    assert view.count("skipped") == 3
    assert view.state == "failed"


def test_a_view_before_its_run_is_empty() -> None:
    assert list(tree_rows(RunView())) == []


def test_one_that_was_lost_while_it_stood_ready_counts_as_no_attempt() -> None:
    """Nothing of the step had run, but "(attempt 2)" stood behind it as if it had failed."""
    stream = io.StringIO()
    lost = {"kind": "crash", "message": "it was killed by SIGKILL", "exit": 137}
    story = (
        STORY[0],
        event(1.0, "attempt.starting", "clean", 1, what="ops0-clean-1", nonce="n"),
        event(2.0, "attempt.failed", "clean", 1, retry_in=1, **lost),
        event(3.0, "attempt.starting", "clean", 2, what="ops0-clean-2", nonce="m"),
        event(4.0, "attempt.go", "clean", 2, parked=0.0, inputs={}, number=1),
        event(5.0, "attempt.failed", "clean", 2, retry_in=2, **lost),
        event(7.0, "attempt.starting", "clean", 3, what="ops0-clean-3", nonce="o"),
        event(8.0, "attempt.go", "clean", 3, parked=0.0, inputs={}, number=2),
    )
    with PlainProgress(stream) as show:
        for one in story:
            show(one)
    assert stream.getvalue().splitlines() == [
        "clean: lost before it was told to go: it was killed by SIGKILL; again in 1 s",
        "clean: running",
        "clean: attempt 1 failed: it was killed by SIGKILL; again in 2 s",
        "clean: running (attempt 2)",
    ]
