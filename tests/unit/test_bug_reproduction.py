"""The form in which the contributor guide asks for a bug: a pipeline, run, and what it should have given.

What the guide promises, and where it is held: docs/reference/guide-coverage.md, "a bug as a test".
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest

import ops0


def test_bug_reproduction() -> None:
    """A bug that there was: the second attempt read on where the first had failed, and gave ``[3, 4]``."""
    failed: list[int] = []

    with ops0.pipeline():

        @ops0.step
        def rows() -> Iterator[int]:
            yield from range(5)

        @ops0.step
        @ops0.retry(backoff=0)
        def failing_step(rows: Iterator[int]) -> list[int]:
            seen = []
            for row in rows:
                if row == 2 and not failed:
                    failed.append(row)
                    raise ValueError("not yet")
                seen.append(row)
            return seen

        assert ops0.run() == [0, 1, 2, 3, 4]


def test_a_bug_that_is_still_there_shows_as_the_steps_own_exception() -> None:
    fault = LookupError("the bug")

    with ops0.pipeline():

        @ops0.step
        def failing_step() -> None:
            raise fault

        with pytest.raises(LookupError) as caught:
            ops0.run()
    assert caught.value is fault
    assert caught.traceback[-1].name == "failing_step"
