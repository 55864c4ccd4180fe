"""Cached results in whole runs over an engine that runs nothing."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from ops0.core.pipeline import FromParam, Step
from ops0.core.step_options import Caching
from ops0.host.sealed_cache import PrivateFolder
from ops0.runtime.events import Event
from ops0.runtime.keeping.cached_results import ResultCache
from ops0.runtime.keeping.lookups import Answer, Lookup, Missed, Question
from ops0.runtime.keeping.recipes import Recipe, cache_key
from ops0.runtime.orchestrator import RunOptions, run_pipeline
from ops0.runtime.report import Report

CACHED = {"a": {"cache": Caching()}, "b": {"cache": Caching(ttl=60.0)}}


class Clock:
    now = 1_800_000_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def cache(tmp_path: Path, clock: Clock) -> ResultCache:
    folder = tmp_path / "results"
    index = PrivateFolder(folder=folder / "index", secret=tmp_path / "key")
    return ResultCache(folder, index, now=clock)


def run(
    make: SimpleNamespace, cache: ResultCache, pipeline: Any, **more: Any
) -> tuple[Any, Report]:
    engine = more.pop("engine", None) or make.Engine()
    on_event = more.pop("on_event", None)
    report = run_pipeline(pipeline, engine, RunOptions(**more), on_event=on_event, cache=cache)
    assert engine.live == set()
    assert engine.faults == []
    return engine, report


def chain(make: SimpleNamespace, options: dict[str, Any] | None = None) -> Any:
    calls = [make.call("a"), make.call("b", "a"), make.call("c", "b")]
    return make.pipeline(*calls, options=CACHED if options is None else options)


def test_what_is_kept_is_handed_over_only_where_somebody_reads_it(
    make: SimpleNamespace, cache: ResultCache
) -> None:
    run(make, cache, chain(make))
    engine, report = run(make, cache, chain(make))
    assert engine.started == ["ops0-c-1"]
    assert engine.restored == ["b/0"], "nobody reads a"
    assert engine.handed["b"] == b'"b"'
    assert [one.attempts for one in report.calls] == [0, 0, 1]
    assert report.calls[0].because is not None
    assert report.results == {"c": "c"}


def test_a_kept_result_may_be_the_runs_own(make: SimpleNamespace, cache: ResultCache) -> None:
    pipeline = make.pipeline(make.call("a"), options=CACHED)
    run(make, cache, pipeline)
    engine, report = run(make, cache, pipeline)
    assert (engine.started, report.results) == ([], {"a": "a"})
    assert report.folder.result(report.calls[0].call).is_dir()


@pytest.mark.parametrize(
    ("age", "because"),
    [(59.0, None), (61.0, "holds for 1 min"), (-5.0, "5 s later than this machine's clock says")],
)
def test_a_result_holds_for_its_ttl_and_a_clock_that_went_back_is_not_trusted(
    make: SimpleNamespace, cache: ResultCache, clock: Clock, age: float, because: str | None
) -> None:
    run(make, cache, chain(make))
    clock.now += age
    engine, report = run(make, cache, chain(make))
    assert ("ops0-b-1" in engine.started) is (because is not None)
    assert because is None or because in str(report.calls[1].because)


def test_other_code_runs_again_and_says_so(make: SimpleNamespace, cache: ResultCache) -> None:
    run(make, cache, chain(make))
    engine, report = run(make, cache, chain(make), engine=make.Engine(codes={"b": "new"}))
    assert engine.started == ["ops0-b-1", "ops0-c-1"]
    assert report.calls[1].because == "its code or what it needs has changed"


def test_a_key_stands_for_the_inputs(make: SimpleNamespace, cache: ResultCache) -> None:
    options = {"a": {"cache": Caching(key="user_{user}")}}
    inputs = {
        "user": FromParam(param="user", required=True),
        "day": FromParam(param="day", required=True),
    }
    pipeline = make.pipeline(make.call("a", **inputs), options=options)
    ran = []
    for user, day in ((1, 1), (1, 2), (2, 2)):
        engine, _ = run(make, cache, pipeline, params={"user": user, "day": day})
        ran.append(bool(engine.started))
    assert ran == [True, False, True]


def test_a_cached_step_is_not_started_before_it_is_known_to_be_needed(
    make: SimpleNamespace, cache: ResultCache
) -> None:
    told: list[Event] = []
    run(make, cache, chain(make), on_event=told.append)
    kinds = [(event.kind, event.call) for event in told]
    assert kinds.index(("attempt.starting", "b")) > kinds.index(("call.done", "a"))
    assert kinds.index(("attempt.starting", "c")) < kinds.index(("call.done", "b")), "c is ahead"


def test_a_failed_attempt_is_tried_again_and_then_kept(
    make: SimpleNamespace, cache: ResultCache
) -> None:
    options = {"a": {"cache": Caching(), "retry_attempts": 2, "retry_backoff": 0.0}}
    pipeline = make.pipeline(make.call("a"), options=options)
    engine = make.Engine({("a", 1): make.raises()})
    run(make, cache, pipeline, engine=engine)
    assert engine.started == ["ops0-a-1", "ops0-a-2"]
    assert run(make, cache, pipeline)[0].started == []


def test_a_cache_that_cannot_be_written_costs_a_warning_not_the_run(
    make: SimpleNamespace, cache: ResultCache
) -> None:
    cache.folder.parent.mkdir(parents=True, exist_ok=True)
    cache.folder.write_text("a file where the folder should be")
    told: list[Event] = []
    _, report = run(make, cache, chain(make), on_event=told.append)
    assert report.results == {"c": "c"}
    warnings = [event.data["warning"] for event in told if event.kind == "attempt.done"]
    assert str(warnings[0]).startswith("its result is not kept: ")


def test_a_lookup_that_breaks_is_an_answer_all_the_same(
    make: SimpleNamespace, cache: ResultCache, tmp_path: Path
) -> None:
    # Whatever was no OSError ended the thread without one, and the run waited for ever.
    class Broken(make.Engine):  # type: ignore[misc, name-defined]
        def code(self, step: Step) -> str:
            raise ValueError("no code")

    pipeline = make.pipeline(make.call("a"), options=CACHED)
    question = Question(
        engine=Broken(),
        cache=cache,
        pipeline="p",
        project=None,
        call=pipeline.calls[0],
        step=pipeline.steps[0],
        params={},
        model=None,
        value=lambda _: pytest.fail("it has no producer"),
        folder=tmp_path / "taken",
        result=None,
        fresh=False,
        apart=False,
    )
    answers: list[Answer] = []
    lookup = Lookup(question, answers.append)
    lookup.begin()
    assert lookup.join(60)
    because = "cached results cannot be asked: ValueError: no code"
    assert answers == [Missed(call=pipeline.calls[0].id, because=because, keeping=None)]


@pytest.mark.parametrize(
    ("reference", "shared"), [("env:TOKEN", True), ("file:/etc/token", True), ("file:t.txt", False)]
)
def test_a_secret_beside_the_project_is_another_in_another_project(
    make: SimpleNamespace, reference: str, shared: bool
) -> None:
    options = {"a": {"cache": Caching(), "secrets": (("TOKEN", reference),)}}
    pipeline = make.pipeline(make.call("a"), options=options)
    recipe = Recipe(code="c", inputs={})
    keys = {
        cache_key((root, "flow"), pipeline.steps[0], pipeline.calls[0], recipe, {})
        for root in ("/first", "/second")
    }
    assert len(keys) == (1 if shared else 2)


def test_results_of_failed_steps_are_not_kept(make: SimpleNamespace, cache: ResultCache) -> None:
    pipeline = make.pipeline(make.call("a"), options=CACHED)
    with pytest.raises(Exception, match="bad"):
        run(make, cache, pipeline, engine=make.Engine({("a", 0): make.raises()}))
    assert cache.entries() == []


def test_what_is_asked_for_anew_is_made_and_kept_in_place_of_the_old(
    make: SimpleNamespace, cache: ResultCache
) -> None:
    """``--no-cache``: whoever asks for it does not trust what is kept."""
    run(make, cache, chain(make))
    newer = make.Engine({("b", 0): make.Behaviour(value="newer")})
    engine, report = run(make, cache, chain(make), engine=newer, fresh=True)
    assert engine.started == ["ops0-a-1", "ops0-b-1", "ops0-c-1"]
    assert [one.because for one in report.calls[:2]] == ["--no-cache"] * 2
    engine, _ = run(make, cache, chain(make))
    assert (engine.started, engine.handed["b"]) == (["ops0-c-1"], b'"newer"')


@pytest.mark.parametrize("damage", ["flipped", "gone", "no manifest"])
def test_what_is_damaged_is_removed_made_anew_and_told_once(
    make: SimpleNamespace, cache: ResultCache, damage: str
) -> None:
    pipeline = make.pipeline(make.call("a"), make.call("b", "a"), options={"a": CACHED["a"]})
    run(make, cache, pipeline)
    (value,) = cache.values.iterdir()
    file = value / ("manifest.json" if damage == "no manifest" else "value.json")
    data = file.read_bytes()
    file.unlink()
    if damage == "flipped":
        file.write_bytes(data.replace(b"a", b"A"))
    told: list[Event] = []
    engine, report = run(make, cache, pipeline, on_event=told.append)
    assert engine.started == ["ops0-a-1", "ops0-b-1"]
    assert report.calls[0].because == "what was kept is damaged"
    (dropped,) = [str(one.data["because"]) for one in told if one.kind == "cache.dropped"]
    says = "is gone" if damage != "flipped" else "is not what its producer wrote"
    assert says in dropped
    assert not value.exists()
    assert run(make, cache, pipeline)[0].started == ["ops0-b-1"]
