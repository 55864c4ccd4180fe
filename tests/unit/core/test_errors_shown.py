"""What a notebook shows of an error in place of ops0's own frames."""

from __future__ import annotations

import sys
import traceback

import pytest

import ops0
from ops0.core.errors import ErrorGroup, RunError, raise_together


def test_a_notebook_shows_the_message_and_the_hint() -> None:
    """Ten frames of ops0 stood before the user's own."""
    lone, told = RunError("step 'a' failed"), RunError("step 'b' failed", "run it again")
    assert lone._render_traceback_() == ["RunError: step 'a' failed"]
    both = ["RunError: step 'a' failed", "RunError: step 'b' failed", "hint: run it again"]
    assert ErrorGroup([lone, told])._render_traceback_() == both


def test_a_fault_that_was_met_twice_is_told_once() -> None:
    with pytest.raises(RunError, match="no room") as caught:
        raise_together([RunError("no room"), RunError("no room")])
    assert not isinstance(caught.value, ErrorGroup)


def test_an_uncaught_one_shows_its_hint_below_the_traceback() -> None:
    """`python flow.py` has no other place for it: it ended with the fact."""
    lone = RunError("step 'a' failed")
    assert lone.__notes__ == []
    lone.hint = "run it again"  # as commands do that name the pipeline
    both = ErrorGroup([lone, RunError("step 'b' failed", "run it again")])
    assert [one.__notes__ for one in (lone, both)] == [["hint: run it again"]] * 2
    lone.add_note("of the user")
    assert lone.__notes__ == ["hint: run it again", "of the user"]
    if sys.version_info >= (3, 11):
        told = "".join(traceback.format_exception(lone))
        assert told.endswith("step 'a' failed\nhint: run it again\nof the user\n")


def test_a_mistyped_name_of_ops0_tells_python_what_to_guess_from() -> None:
    """A traceback of `ops0.stepp` then ends with: Did you mean: 'step'?"""
    with pytest.raises(AttributeError, match="no attribute 'setp'") as caught:
        _ = ops0.setp
    assert (caught.value.name, caught.value.obj) == ("setp", ops0)
    assert "step" in dir(ops0)
