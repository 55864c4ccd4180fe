"""``@ops0.cache`` on both engines: what is taken, what runs and why, damage, two runs at once, nothing left behind."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from running import (
    CHAIN,
    KINDS,
    STEPS,
    Places,
    a_pipeline,
    because,
    edited,
    events,
    left_here,
    left_in_engine,
    went,
)

from ops0.core.pipeline import Pipeline
from ops0.core.step_options import Caching
from ops0.runtime.events import Listener
from ops0.runtime.keeping.cached_results import user_results
from ops0.runtime.orchestrator import RunOptions, run_pipeline
from ops0.runtime.report import Report

CACHED: dict[str, dict[str, Any]] = {"one": {"cache": Caching()}, "two": {"cache": Caching()}}


@pytest.fixture(autouse=True)
def own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPS0_CACHE_DIR", str(tmp_path / "cache"))


def run(
    steps: Places,
    kind: str,
    pipeline: Pipeline,
    n: int = 1,
    on_event: Listener | None = None,
    **more: Any,
) -> Report:
    options = RunOptions(params={"n": n}, **more)
    report = run_pipeline(pipeline, steps.engine(kind), options, on_event=on_event)
    assert left_here(report.run) == []
    assert kind == "processes" or left_in_engine(report.run) == []
    return report


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_kept_is_not_run_again(steps: Places, kind: str) -> None:
    pipeline = a_pipeline(*CHAIN, options=CACHED)
    first = run(steps, kind, pipeline)
    assert went(events(first.run)) == ["one", "two", "three"]
    assert because(events(first.run))["one"] == "nothing is kept of it yet"
    again = run(steps, kind, pipeline)
    assert went(events(again.run)) == ["three"], "it reads what no attempt of this run has made"
    assert because(events(again.run))["two"].endswith(f"ago by run {first.run}")
    assert again.results == first.results
    other = events(run(steps, kind, pipeline, n=2).run)
    assert went(other) == ["one", "two", "three"]
    assert because(other) == {"one": "'n' has changed", "two": "'a' has changed"}
    fresh = run(steps, kind, pipeline, fresh=True)
    assert went(events(fresh.run)) == ["one", "two", "three"]


@pytest.mark.parametrize("kind", KINDS)
def test_a_damaged_value_is_found_dropped_and_made_anew(steps: Places, kind: str) -> None:
    pipeline = a_pipeline(*CHAIN, options=CACHED)
    run(steps, kind, pipeline)
    for value in user_results().values.glob("*/value*"):
        data = bytearray(value.read_bytes())
        data[-2] ^= 1
        value.write_bytes(data)
    told = []
    report = run(steps, kind, pipeline, on_event=told.append)
    assert went(told) == ["one", "two", "three"]
    dropped = [event for event in told if event.kind == "cache.dropped"]
    assert [event.call for event in dropped] == ["one"], "the second follows from a new value"
    assert "sha256 differs" in str(dropped[0].data["because"])
    again = run(steps, kind, pipeline)
    assert went(events(again.run)) == ["three"]
    assert again.results == report.results


@pytest.mark.parametrize("kind", KINDS)
def test_a_result_of_the_run_may_be_a_kept_one(steps: Places, kind: str) -> None:
    pipeline = a_pipeline(("one", {}), options=CACHED)
    first = run_pipeline(pipeline, steps.engine(kind))
    second = run_pipeline(pipeline, steps.engine(kind))
    assert went(events(second.run)) == []
    assert second.results == first.results
    assert left_here(second.run) == []


def test_changed_code_runs_again_and_says_so(steps: Places) -> None:
    pipeline = a_pipeline(*CHAIN, options=CACHED)
    run(steps, "processes", pipeline)
    text = STEPS.replace('a["n"] * 10', 'a["n"] * 100')
    changed = edited(pipeline, "two", text)
    steps.write(text)
    try:
        report = run(steps, "processes", changed)
    finally:
        steps.write(STEPS)
    assert because(events(report.run))["two"] == "its code or what it needs has changed"
    assert went(events(report.run)) == ["two", "three"]
    assert report.results["three"][0] == 101  # type: ignore[call-overload, index]
    report = run(steps, "processes", edited(pipeline, "two", f"# a comment\n{STEPS}"))
    assert went(events(report.run)) == ["three"], "a comment is no change"


def test_a_changed_file_that_a_parameter_names_runs_again(steps: Places, tmp_path: Path) -> None:
    path = tmp_path / "rows.csv"
    pipeline = a_pipeline(("one", {"n": "$n"}), options=CACHED)
    ran = []
    for text in ("1", "1", "2"):
        path.write_text(text)
        report = run_pipeline(
            pipeline, steps.engine("processes"), RunOptions(params={"n": str(path)})
        )
        ran.append(went(events(report.run)))
    assert ran == [["one"], [], ["one"]]


SCRIPT = """
import sys
from pathlib import Path
sys.path[:0] = ['tests', 'e2e']
from running import a_pipeline
from ops0.core.step_options import Caching
CACHED = {'one': {'cache': Caching()}, 'two': {'cache': Caching()}}
CHAIN = (('one', {'n': '$n'}), ('two', {'a': '<one'}), ('three', {'a': '<two'}))
from ops0.runtime.orchestrator import RunOptions, run_pipeline
from ops0.runtime.processes import ProcessEngine
for n in range(4):
    options = RunOptions(params={"n": n})
    report = run_pipeline(a_pipeline(*CHAIN, options=CACHED), ProcessEngine(Path(sys.argv[1])), options)
    assert report.results["three"][0] == n * 10 + 1, report.results
"""


def test_two_runs_at_once_keep_and_take_the_same(steps: Places) -> None:
    root = Path(__file__).parents[2]
    argv = [sys.executable, "-c", SCRIPT, str(steps.folder)]
    programs = [
        subprocess.Popen(argv, cwd=root, stderr=subprocess.PIPE, text=True) for _ in range(3)
    ]
    for program in programs:
        _, err = program.communicate(timeout=120)
        assert program.returncode == 0, err
    report = run(steps, "processes", a_pipeline(*CHAIN, options=CACHED), n=3)
    assert went(events(report.run)) == ["three"]
