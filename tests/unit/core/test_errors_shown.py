"""What a notebook shows of an error in place of ops0's own frames."""

from __future__ import annotations

import pytest

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
