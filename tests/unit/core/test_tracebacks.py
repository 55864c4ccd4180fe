"""Tracebacks, taken apart and joined again."""

from __future__ import annotations

from ops0.core.tracebacks import joined, steps_of


def outer() -> None:
    middle()


def middle() -> None:
    inner()


def inner() -> None:
    raise LookupError


def test_some_steps_are_left_out_and_the_traceback_itself_stays_whole() -> None:
    try:
        outer()
    except LookupError as fault:
        trace = fault.__traceback__
    steps = list(steps_of(trace))
    names = [step.tb_frame.f_code.co_name for step in steps]
    assert names[1:] == ["outer", "middle", "inner"]
    kept = joined([steps[1], steps[3]])
    assert [(one.tb_frame, one.tb_lineno) for one in steps_of(kept)] == [
        (one.tb_frame, one.tb_lineno) for one in (steps[1], steps[3])
    ]
    assert len(list(steps_of(trace))) == 4
    assert joined([]) is None
