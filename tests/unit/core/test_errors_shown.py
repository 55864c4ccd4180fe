"""What a notebook shows of an error in place of ops0's own frames."""

from __future__ import annotations

from ops0.core.errors import ErrorGroup, RunError


def test_a_notebook_shows_the_message_and_the_hint() -> None:
    """Ten frames of ops0 stood before the user's own."""
    lone, told = RunError("step 'a' failed"), RunError("step 'b' failed", "run it again")
    assert lone._render_traceback_() == ["RunError: step 'a' failed"]
    both = ["RunError: step 'a' failed", "RunError: step 'b' failed", "hint: run it again"]
    assert ErrorGroup([lone, told])._render_traceback_() == both
