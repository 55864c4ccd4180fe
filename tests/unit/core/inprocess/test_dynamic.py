"""ops0.run() on steps that were declared in the same scope."""

from __future__ import annotations

import gc
import os
import threading
import time
import weakref
from collections.abc import Iterator
from typing import Any

import pytest

import ops0
from ops0.core.errors import InvalidPipelineError
from ops0.core.graph import DuplicateStep, MissingProvider
from ops0.core.inprocess.calling import StepTimeout
from ops0.core.inprocess.dynamic import NoStepsDeclared, run_declared
from ops0.core.inprocess.executing import UnknownParameter
from ops0.host.secrets import SecretMissing


def test_a_with_owns_the_steps_declared_inside() -> None:
    @ops0.step
    def outside() -> int:
        return 1

    with ops0.pipeline("inside"):

        @ops0.step
        def load() -> list[int]:
            return [1, 2]

        @ops0.step
        def total(loaded: list[int]) -> int:
            return sum(loaded)

        assert run_declared() == 3
    assert outside() == 1


def test_a_with_without_steps_owns_those_declared_before() -> None:
    @ops0.step
    def load() -> int:
        return 4

    with ops0.pipeline("test-pipeline"):
        result = run_declared()

    @ops0.step
    def later() -> int:
        raise AssertionError

    assert result == 4


def test_outside_a_with_the_last_pipeline_counts() -> None:
    with ops0.pipeline():

        @ops0.step
        def first() -> int:
            return 1

    with ops0.pipeline():

        @ops0.step
        def second() -> int:
            return 2

    @ops0.step
    def third() -> int:
        return 3

    assert run_declared() == 2


def test_a_pipeline_of_another_scope_does_not_count() -> None:
    def elsewhere() -> None:
        with ops0.pipeline("elsewhere"):

            @ops0.step
            def there() -> int:
                raise AssertionError

    @ops0.step
    def here() -> int:
        return 1

    elsewhere()
    assert run_declared() == 1


def test_an_earlier_call_of_the_same_function_does_not_count() -> None:
    def scope(nested: bool) -> Any:
        if nested:
            with ops0.pipeline():

                @ops0.step
                def one() -> int:
                    return 1

        else:

            @ops0.step
            def two() -> int:
                return 2

        return run_declared()

    assert [scope(True), scope(False)] == [1, 2]


@ops0.step
def of_the_module() -> str:
    return "module"


def test_a_function_without_steps_runs_its_modules() -> None:
    assert run_declared() == "module"


def run_as_module(*cells: str) -> Any:
    names: dict[str, Any] = {"__name__": "notebook", "ops0": ops0, "run": run_declared}
    for cell in cells:
        exec(compile(cell, "<cell>", "exec"), names)
    return names.get("result")


def test_notebook_cells_share_one_scope() -> None:
    declare = "with ops0.pipeline('p'):\n    @ops0.step\n    def a() -> int:\n        return {0}\n"
    other = "@ops0.step\ndef b() -> int:\n    raise AssertionError\n"
    assert run_as_module(declare.format(1), other, "result = run()") == 1
    assert run_as_module(declare.format(1), declare.format(2), "result = run()") == 2


STEPS = """
@ops0.step
def load() -> list:
    return [1, 2, 3]

@ops0.step
def clean(load):
    return load[1:]

@ops0.step
def total(clean):
    return sum(clean)
"""


def test_a_step_that_a_cell_defines_again_keeps_its_place() -> None:
    """``total`` was given what ``load`` gave, since ``clean`` now came after it, and nobody was told."""
    again = "@ops0.step\ndef clean(load):\n    return load[2:]\n"
    assert run_as_module(STEPS, again, "result = run()") == 3
    assert run_as_module(STEPS, again, again, "result = run()") == 3
    assert run_as_module(STEPS, STEPS, "result = run()") == 5
    block = "with ops0.pipeline('p'):\n" + STEPS.replace("\n", "\n    ")
    assert run_as_module(block, block, "result = run()") == 5


def test_a_step_that_was_moved_counts_where_it_stands_now() -> None:
    first = "@ops0.step\ndef best(scores):\n    return max(scores)\n"
    rest = "@ops0.step\ndef scores() -> list:\n    return [1, 7]\n"
    with pytest.raises(InvalidPipelineError, match="expects argument 'scores'"):
        run_as_module(first, rest, "result = run()")
    assert run_as_module(first, rest, first, "result = run()") == 7


def test_no_steps_at_all() -> None:
    with pytest.raises(NoStepsDeclared):
        run_as_module("result = run()")


def test_the_last_pipeline_may_be_a_function() -> None:
    @ops0.step
    def double(x: int) -> int:
        return 2 * x

    @ops0.pipeline
    def training(x: int, y: int = 1) -> int:
        return double(x) + y

    assert run_declared({"x": 3}) == 7
    with pytest.raises(UnknownParameter):
        run_declared({"x": 3, "z": 1})
    with pytest.raises(InvalidPipelineError, match="needs a value for 'x'"):
        run_declared()


def test_several_last_steps_give_a_dict() -> None:
    @ops0.step
    def load() -> list[int]:
        return [1, 2, 3]

    @ops0.step
    def count(loaded: list[int]) -> int:
        return len(loaded)

    @ops0.step
    def total(loaded: list[int], k: int = 2) -> int:
        return sum(loaded) * k

    assert run_declared() == {"count": 3, "total": 12}
    assert run_declared({"k": 3}) == {"count": 3, "total": 18}
    with pytest.raises(UnknownParameter) as caught:
        run_declared({"kk": 3})
    assert caught.value.known == ("k", "loaded")


def test_one_iterator_serves_two_consumers() -> None:
    @ops0.step
    def rows() -> Iterator[int]:
        yield from range(4)

    @ops0.step
    def low(rows: Iterator[int]) -> int:
        return min(rows)

    @ops0.step
    def high(rows: Iterator[int]) -> int:
        return max(rows)

    assert run_declared() == {"low": 0, "high": 3}


def test_an_argument_that_nobody_provides() -> None:
    @ops0.step
    def fit(rows: list[int]) -> None: ...

    with pytest.raises(
        MissingProvider, match="Step 'fit' expects argument 'rows' but no previous step provides it"
    ):
        run_declared()


def test_two_steps_of_one_name() -> None:
    @ops0.step(name="load")
    def one() -> int:
        return 1

    @ops0.step(name="load")
    def two() -> int:
        return 2

    with pytest.raises(DuplicateStep):
        run_declared()


def test_what_a_step_raises_is_raised() -> None:
    fault = ValueError("rows are empty")

    @ops0.step
    def load() -> None:
        raise fault

    with pytest.raises(ValueError, match="rows are empty") as caught:
        run_declared()
    assert caught.value is fault


def test_retry_holds() -> None:
    tries = []

    @ops0.step
    @ops0.retry(max_attempts=3, backoff="1ms")
    def flaky() -> int:
        tries.append(1)
        if len(tries) < 3:
            raise OSError
        return len(tries)

    assert run_declared() == 3


@pytest.mark.parametrize(("raised", "tries"), [(ConnectionResetError, 3), (ValueError, 1)])
def test_retry_holds_for_what_it_names(raised: type[Exception], tries: int) -> None:
    made: list[int] = []

    @ops0.step
    @ops0.retry(max_attempts=3, backoff=0, on=OSError)
    def flaky() -> None:
        made.append(1)
        raise raised

    with pytest.raises(raised):
        run_declared()
    assert len(made) == tries


def test_timeout_holds() -> None:
    @ops0.step
    @ops0.timeout("50ms")
    def slow() -> None:
        deadline = time.monotonic() + 10
        while time.monotonic() < deadline:
            pass

    started = time.monotonic()
    with pytest.raises(StepTimeout):
        run_declared()
    assert time.monotonic() - started < 5


def test_timeout_off_the_main_thread_is_checked_at_the_end() -> None:
    caught: list[BaseException] = []

    def work() -> None:
        @ops0.step
        @ops0.timeout("1ms")
        def slow() -> None:
            threading.Event().wait(0.05)

        try:
            run_declared()
        except StepTimeout as fault:
            caught.append(fault)

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert len(caught) == 1


def test_nothing_is_kept_alive() -> None:
    class Big:
        pass

    def scope() -> weakref.ref[Big]:
        big = Big()
        with ops0.pipeline("p") as opened:

            @ops0.step
            def load() -> int:
                return 1 if big else 0

            assert run_declared() == 1
        assert opened.frame is None
        return weakref.ref(big)

    reference = scope()
    gc.collect()
    assert reference() is None


def test_secrets_are_there_while_a_step_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HERE", "correct-horse")
    monkeypatch.setenv("A", "before")

    @ops0.step
    @ops0.secrets(A="env:HERE")
    def load() -> str:
        return os.environ["A"]

    assert ops0.run() == "correct-horse"
    assert os.environ["A"] == "before"

    @ops0.pipeline
    def flow() -> str:
        return load()

    assert ops0.run() == "correct-horse"
    assert os.environ["A"] == "before"


def test_a_secret_that_is_missing_is_told_before_a_step_runs() -> None:
    ran = []

    @ops0.step
    def first() -> int:
        ran.append(1)
        return 1

    @ops0.step
    @ops0.secrets(A="env:NO_SUCH_VARIABLE")
    def second(first: int) -> int:
        return first

    with pytest.raises(SecretMissing):
        ops0.run()
    assert ran == []
