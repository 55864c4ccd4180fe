"""How many calls may stand parked."""

from __future__ import annotations

import pytest

from ops0.runtime.execution.parking import abreast, depth

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


@pytest.mark.parametrize(
    ("jobs", "containers", "most"), [(1, True, 2), (2, True, 4), (1, False, 2), (8, False, 8)]
)
def test_containers_are_started_side_by_side_beyond_the_processors(
    jobs: int, containers: bool, most: int
) -> None:
    assert abreast(jobs, containers=containers) == most
