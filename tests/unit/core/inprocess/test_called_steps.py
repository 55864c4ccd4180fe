"""Which steps a pipeline function calls: in comprehensions, through other pipelines, of modules."""

from __future__ import annotations

from types import FunctionType, ModuleType
from typing import Any

import pytest

import ops0
from ops0.core.errors import InvalidPipelineError
from ops0.core.inprocess.binding import CalledSteps
from ops0.core.inprocess.dynamic import run_declared


def module(name: str, text: str) -> ModuleType:
    made = ModuleType(name)
    made.__dict__["ops0"] = ops0
    exec(compile(text, f"{name}.py", "exec"), made.__dict__)
    return made


HELPERS = """
@ops0.step
def load(x): return x
@ops0.step
def clean(x): return x
@ops0.step
def idle(x): return x
@ops0.pipeline
def prepare(x):
    return [clean(one) for one in [load(x)]]
@ops0.pipeline
def again(x):
    return prepare(x), other(x)
@ops0.pipeline
def other(x):
    return again(x)
"""


def test_steps_of_pipelines_that_are_called_count() -> None:
    helpers = module("helpers", HELPERS)
    main = module("main", "@ops0.pipeline\ndef main(x): return helpers.prepare(x)\n")
    main.__dict__["helpers"] = helpers
    found = CalledSteps(main.__dict__["main"]).steps
    assert {one.__name__ for one in found} == {"load", "clean"}
    assert {one.__name__ for one in CalledSteps(helpers.__dict__["again"]).steps} == {
        "load",
        "clean",
    }


def test_steps_of_functions_around_count_once() -> None:
    @ops0.step
    def double(x: int) -> int:
        return 2 * x

    @ops0.pipeline
    def main(xs: Any) -> Any:
        return [double(x) for x in xs], later

    if not CalledSteps:
        later = 1  # so it is a variable around, without a value
    assert isinstance(main, FunctionType)
    assert CalledSteps(main).steps == [double]


def test_a_source_in_a_pipeline_that_is_called_is_told() -> None:
    """It ran with nothing in place of the records."""

    @ops0.step
    @ops0.source.files("*.csv")
    def read() -> Any:
        return []

    @ops0.pipeline
    def inner() -> Any:
        return read()

    @ops0.pipeline
    def outer() -> Any:
        return inner()

    with pytest.raises(InvalidPipelineError, match="step 'read' has a source"):
        run_declared()
