"""The form in which the contributor guide asks for a bug: a pipeline, run, and what it should have given."""

import pytest

import ops0


def test_bug_reproduction() -> None:
    with ops0.pipeline():

        @ops0.step
        def failing_step() -> dict[str, int]:
            return {"rows": 3}

    assert ops0.run() == {"rows": 3}


def test_a_bug_that_is_still_there_shows_as_the_steps_own_exception() -> None:
    with ops0.pipeline():

        @ops0.step
        def failing_step() -> None:
            raise LookupError("the bug")

    with pytest.raises(LookupError, match="the bug"):
        ops0.run()
