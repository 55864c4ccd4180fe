"""How many calls may stand parked."""

from __future__ import annotations

import pytest

from ops0.runtime.execution.parking import depth

GIB = 2**30


@pytest.mark.parametrize(
    ("free", "jobs", "most"),
    [
        (None, 3, 3),
        (0, 8, 0),
        (GIB - 1, 8, 0),
        (GIB, 1, 1),
        (4 * GIB, 1, 4),
        (500 * GIB, 1, 16),
    ],
)
def test_depth_follows_free_memory(free: int | None, jobs: int, most: int) -> None:
    assert depth(free, jobs) == most
