"""How many calls may stand parked: as many as memory that nobody uses allows. Pure.

A parked call holds 17 MiB, 121 with numpy and pandas imported, and more with larger libraries. It saves its start
and imports, which cost the same whether they are paid ahead or not; so what bounds it is memory alone, and a number
beyond which no start can be late.
"""

from __future__ import annotations

MOST = 16
"""More starts than these are never under way at once, and a start takes less time than this many steps."""
EACH = 256 * 2**20
"""Bytes that a parked call is taken to hold: until it has imported, nobody knows."""
_SHARE = 4
"""What is parked may take one part in so many of the memory that is free; the rest is for the steps that run."""
_LEAST_ABREAST = 2


def depth(free: int | None, jobs: int) -> int:
    """How many calls may wait for their inputs.

    free: bytes of memory that are free where they run; None: nobody can tell
    jobs: how many run side by side
    """
    if free is None:
        return jobs
    return min(MOST, free // (_SHARE * EACH))


def abreast(jobs: int, *, containers: bool) -> int:
    """How many calls may be on their way to their inputs at a time: being started, or importing.

    A process only imports, and more of them than have a processor would hold each other up. While an engine makes and
    starts a container, nobody computes half of the time, so that twice as many keep the processors busy.
    """
    return max(_LEAST_ABREAST, 2 * jobs if containers else jobs)
