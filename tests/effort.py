"""How many random cases a test tries: some, a fifth with ``OPS0_TESTS=few``, many with ``OPS0_TESTS=deep``."""

from __future__ import annotations

import os

from hypothesis import HealthCheck, settings

DEEP = os.environ.get("OPS0_TESTS") == "deep"
FEW = os.environ.get("OPS0_TESTS") == "few"
"""Where the same cases are tried a second time, on another Python."""


def cases(quick: int, deep: int) -> settings:
    """Try some cases, always the same ones; with ``OPS0_TESTS=deep`` many, drawn anew, for an hour or more.

    About one random project in several thousand is still sliced wrongly: finding those is the deep run's work.
    """
    return settings(
        max_examples=deep if DEEP else quick // 5 if FEW else quick,
        deadline=None,
        derandomize=not DEEP,
        suppress_health_check=[
            HealthCheck.too_slow,
            HealthCheck.filter_too_much,
            HealthCheck.function_scoped_fixture,
        ],
    )
