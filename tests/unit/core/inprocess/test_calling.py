"""What steps' decorators say holds in this process, whatever a step gives and however it is called."""

from __future__ import annotations

import itertools
import os
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import FunctionType
from typing import Any

import pytest

import ops0
from ops0.core.api.attempts import retry_delay
from ops0.core.inprocess.calling import StepTimeout
from ops0.core.inprocess.dynamic import run_declared

SHAPES = ("plain", "generator", "plain in @pipeline", "generator in @pipeline")


def run(shape: str, option: Callable[[Any], Any], body: Callable[[], Any], **edges: Any) -> Any:
    """Run a step of that shape, with an option; gives what its body gives."""

    def plain() -> list[Any]:
        return [body()]

    def generator() -> Iterator[Any]:
        yield body()

    step = ops0.step(option(generator if shape.startswith("generator") else plain))
    if shape.endswith("in @pipeline"):

        @ops0.pipeline
        def flow() -> Any:
            return step()

    (result,) = run_declared(**edges)
    return result


@pytest.mark.parametrize("shape", SHAPES)
def test_secrets_hold(shape: str) -> None:
    def read(steps: Sequence[FunctionType]) -> Mapping[str, Mapping[str, str]]:
        return {step.__dict__["__ops0_name__"]: {"A": "correct-horse"} for step in steps}

    option = ops0.secrets(A="env:HERE")
    assert run(shape, option, lambda: os.environ["A"], read_secrets=read) == "correct-horse"
    assert "A" not in os.environ


@pytest.mark.parametrize("shape", SHAPES)
def test_retry_holds(shape: str) -> None:
    tries = []

    def body() -> int:
        tries.append(1)
        if len(tries) < 3:
            raise OSError
        return len(tries)

    assert run(shape, ops0.retry(max_attempts=3, backoff=0), body) == 3


@pytest.mark.parametrize("shape", SHAPES)
def test_attempts_are_numbered_and_have_one_key(shape: str) -> None:
    seen = []

    def body() -> int:
        seen.append(ops0.attempt())
        if len(seen) < 3:
            raise OSError
        return len(seen)

    assert run(shape, ops0.retry(max_attempts=3, backoff=0), body) == 3
    assert [this.number for this in seen] == [1, 2, 3]
    assert {(this.run, this.key) for this in seen} == {("", seen[0].key)}
    assert ops0.attempt().key not in {seen[0].key, ops0.attempt().key}


@pytest.mark.parametrize("shape", SHAPES)
def test_timeout_holds(shape: str) -> None:
    def body() -> None:
        while True:
            pass

    with pytest.raises(StepTimeout):
        run(shape, ops0.timeout("50ms"), body)


@pytest.mark.parametrize("shape", SHAPES)
def test_a_folder_for_temporary_files_holds(shape: str, tmp_path: Path) -> None:
    @contextmanager
    def scratch(steps: Sequence[FunctionType]) -> Iterator[Mapping[str, str]]:
        yield {step.__dict__["__ops0_name__"]: str(tmp_path) for step in steps}

    before = tempfile.gettempdir()
    option = ops0.cleanup_after(minutes=5)
    assert run(shape, option, tempfile.gettempdir, make_scratch=scratch) == str(tmp_path)
    assert tempfile.gettempdir() == before


@pytest.mark.parametrize("shape", SHAPES[::2])
def test_a_model_is_given(shape: str) -> None:
    ops0.model.save(41, "weights")

    @ops0.step
    @ops0.model.load("weights")
    def score(model: int) -> int:
        return model + 1

    if shape.endswith("in @pipeline"):

        @ops0.pipeline
        def flow() -> int:
            return score()  # type: ignore[call-arg]

    assert run_declared() == 42


def test_a_model_that_a_pipeline_gives_itself() -> None:
    @ops0.step
    @ops0.model.load("no-such-model")
    def score(rows: int, model: int) -> int:
        return rows + model

    @ops0.pipeline
    def flow() -> list[int]:
        return [score(1, 2), score(rows=1, model=3), score(1, model=4)]

    assert run_declared() == [3, 4, 5]


def failing_once() -> tuple[Callable[[int], int], list[int]]:
    """A function that fails on item 2, once."""
    failed: list[int] = []

    def check(item: int) -> int:
        if item == 2 and not failed:
            failed.append(item)
            raise ValueError
        return item

    return check, failed


def test_each_attempt_gets_an_iterator_from_its_start() -> None:
    check, failed = failing_once()

    @ops0.step
    def rows() -> Iterator[int]:
        yield from range(5)

    @ops0.step
    @ops0.retry(backoff=0)
    def checked(rows: Iterator[int], more: Iterator[int]) -> list[list[int]]:
        return [[check(row) for row in rows], list(more)]

    assert run_declared({"more": iter([7, 8])}) == [[0, 1, 2, 3, 4], [7, 8]]
    assert failed == [2]


def test_each_attempt_gets_what_a_pipeline_gives_from_its_start() -> None:
    check, failed = failing_once()

    @ops0.step
    @ops0.retry(backoff=0)
    def checked(rows: Iterator[int], more: list[Iterator[int]]) -> list[Any]:
        first = next(more[0])
        return [[check(row) for row in rows], first]

    @ops0.pipeline
    def flow() -> list[Any]:
        return checked((n for n in range(5)), more=[iter("ab")])

    assert run_declared() == [[0, 1, 2, 3, 4], "a"]
    assert failed == [2]


def test_what_an_argument_raises_is_not_the_steps_own() -> None:
    tries = []

    @ops0.step
    @ops0.retry(max_attempts=3, backoff=0)
    def total(rows: Iterator[int]) -> int:
        tries.append(1)
        return sum(rows)

    @ops0.pipeline
    def flow() -> int:
        return total(1 // n for n in (1, 0))

    with pytest.raises(ZeroDivisionError):
        run_declared()
    assert tries == []


def test_each_consumer_in_a_pipeline_gets_all_items() -> None:
    @ops0.step
    def rows() -> Iterator[int]:
        yield from range(4)

    @ops0.step
    def total(rows: Iterator[int]) -> int:
        return sum(rows)

    @ops0.step
    def both(parts: list[Iterator[int]]) -> list[int]:
        return list(itertools.chain(*parts))

    @ops0.pipeline
    def flow() -> list[Any]:
        made = rows()
        return [total(made), total(rows=made), both([made, made]), list(made)]

    assert run_declared() == [6, 6, [0, 1, 2, 3, 0, 1, 2, 3], [0, 1, 2, 3]]


def test_an_iterator_as_a_parameter_goes_to_each_step_whole() -> None:
    @ops0.step
    def low(rows: Iterator[int]) -> int:
        return min(rows)

    @ops0.step
    def high(rows: Iterator[int]) -> int:
        return max(rows)

    assert run_declared({"rows": iter([1, 2, 3])}) == {"low": 1, "high": 3}


def test_iterators_in_a_tuple_are_run_to_their_end() -> None:
    @ops0.step
    @ops0.secrets(A="env:HERE")
    def split() -> tuple[Iterator[str], int]:
        return (os.environ["A"] for _ in range(2)), 1

    @ops0.step
    def joined(split: tuple[Iterator[str], int]) -> str:
        return "".join(split[0])

    assert run_declared(read_secrets=lambda _: {"split": {"A": "x"}}) == "xx"


def test_a_step_that_yields_has_ended_before_the_next_begins() -> None:
    order = []

    @ops0.step
    def rows() -> Iterator[int]:
        yield 1
        order.append("rows")

    @ops0.step
    def first(rows: Iterator[int]) -> int:
        order.append("first")
        return next(rows)

    assert run_declared() == 1
    assert order == ["rows", "first"]


def test_what_is_no_iterator_stays_the_same_object() -> None:
    given: list[Any] = [[1], {"a": (2,)}]
    given.append(given)

    @ops0.step
    def load() -> list[Any]:
        return given

    @ops0.step
    @ops0.retry(backoff=0)
    def same(loaded: list[Any]) -> bool:
        return loaded is given

    assert run_declared() is True


def test_pauses_double_up_to_a_limit() -> None:
    assert [retry_delay(1.0, n) for n in (1, 2, 3, 10, 10_000)] == [1.0, 2.0, 4.0, 300.0, 300.0]
    assert retry_delay(900.0, 1) == 900.0


def test_a_pause_that_is_longer_than_the_limit_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    slept: list[float] = []
    monkeypatch.setattr("time.sleep", slept.append)

    @ops0.step
    @ops0.retry(max_attempts=2, backoff="10m")
    def flaky() -> None:
        if not slept:
            raise OSError

    run_declared()
    assert slept == [600.0]
