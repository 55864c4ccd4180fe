"""Which steps a pipeline function calls, and that it calls them by way of ops0, whatever it names them by."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from types import FunctionType, ModuleType
from typing import Any

import pytest

import ops0
from ops0.core.errors import ErrorGroup, InvalidPipelineError
from ops0.core.graph import DuplicateStep
from ops0.core.inprocess.binding import CalledSteps
from ops0.core.inprocess.dynamic import run_declared
from ops0.host.secrets import SecretMissing

HELPERS = """
import ops0

@ops0.step
def double(x):
    return 2 * x

twice = double
each = double.map

def helper(x):
    return double(x) if x else again(x)

def again(x):
    return helper(x + 1)

@ops0.pipeline
def inner(x):
    return twice(x)
"""
count = 0


@ops0.step
def double(x: int) -> int:
    return 2 * x


renamed = double
for_each = double.map


def helper(x: int) -> int:
    return double(x)


@ops0.pipeline
def other(x: int) -> int:
    return helper(x)


def wrapped(function: Callable[[int], int]) -> Callable[[int], int]:
    def call(x: int) -> int:
        return function(x)

    return call


helped = wrapped(helper)


def names_itself(x: int) -> int:
    return names_itself(x - 1) if x > 3 else double(x)


def counts(x: int) -> int:
    global count  # noqa: PLW0603 - this is what is refused
    count += 1
    return double(x)


def module() -> ModuleType:
    made = ModuleType("helpers")
    exec(HELPERS, made.__dict__)
    return made


def called_in(function: Callable[..., Any]) -> tuple[Any, list[str]]:
    """What a pipeline function gives, and the steps that were called by way of ops0."""
    assert isinstance(function, FunctionType)
    called: list[str] = []

    def call(step: FunctionType, args: tuple[Any, ...], named: dict[str, Any]) -> Any:
        called.append(step.__name__)
        return step(*args, **named)

    return CalledSteps(function).bound(call)(), called


def bodies() -> Iterator[Any]:
    helpers = module()
    local = double
    yield lambda: double(3)
    yield lambda: double(x=3)
    yield lambda: sum([double(n) for n in (1, 2)])
    yield lambda: sum(map(lambda x: double(x), (1, 2)))  # noqa: C417, PLW0108
    yield lambda: renamed(3)
    yield lambda: local(3)
    yield lambda: helper(3)
    yield lambda: other(3)
    yield lambda: helped(3)
    yield lambda: names_itself(5)
    yield lambda: double.map([3])[0]
    yield lambda: for_each([3])[0]
    yield lambda: helpers.double(3)
    yield lambda: helpers.twice(3)
    yield lambda: helpers.each([3])[0]
    yield lambda: helpers.helper(3)
    yield lambda: helpers.inner(3)


@pytest.mark.parametrize("body", list(bodies()))
def test_a_step_is_called_by_way_of_ops0(body: Callable[[], int]) -> None:
    result, called = called_in(body)
    assert result == 6
    assert set(called) == {"double"}


def test_the_originals_stay_as_they_are() -> None:
    before = dict(globals())
    called_in(lambda: other(3))
    assert {name: globals()[name] for name in before} == before


def test_what_calls_no_step_is_left_alone() -> None:
    def flow() -> Any:
        return pytest.approx(1)

    assert CalledSteps(flow).steps == []
    assert CalledSteps(flow).bound(lambda step, *_: step) is flow


def test_a_stand_in_looks_like_its_step() -> None:
    @ops0.pipeline
    def flow() -> list[Any]:
        return [double.__name__, double.is_ops0_step, double.input_signature]

    assert run_declared() == ["double", True, {"x": int}]


def test_inner_functions_may_keep_what_they_count() -> None:
    def flow() -> int:
        total = 0

        def add(x: int) -> None:
            nonlocal total
            total += double(x)

        add(1)
        add(2)
        return total

    assert called_in(flow) == (6, ["double", "double"])


def test_what_calls_steps_writes_no_globals() -> None:
    with pytest.raises(InvalidPipelineError, match=r"counts\(\) calls steps, and writes .*'count'"):
        called_in(lambda: counts(1))


def test_two_steps_of_one_name() -> None:
    helpers = module()

    @ops0.pipeline
    def flow() -> int:
        return double(1) + helpers.double(1)

    with pytest.raises(DuplicateStep):
        run_declared()


def test_all_that_is_wrong_is_told_at_once() -> None:
    @ops0.step
    @ops0.source.http("https://example.org/rows")
    def rows() -> None: ...

    @ops0.step
    @ops0.source.http("https://example.org/more")
    def more() -> None: ...

    @ops0.pipeline
    def flow() -> None:
        rows()
        more()

    with pytest.raises(ErrorGroup):
        run_declared()


def test_secrets_are_asked_for_before_a_step_runs_and_each_step_gets_its_own(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("ONE", "1")
    ran = []

    @ops0.step
    @ops0.secrets(A="env:ONE")
    def first() -> str:
        import os

        ran.append("first")
        return os.environ["A"]

    @ops0.step
    @ops0.secrets(A="env:TWO")
    def second() -> str:
        import os

        return os.environ["A"]

    @ops0.pipeline
    def flow() -> list[str]:
        return [first(), *[second() for _ in range(1)]]

    with pytest.raises(SecretMissing):
        ops0.run()
    assert ran == []
    monkeypatch.setenv("TWO", "2")
    assert ops0.run() == ["1", "2"]
