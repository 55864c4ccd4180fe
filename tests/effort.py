"""How many random cases a test tries: few in seconds, or as many as ``OPS0_TESTS=deep`` asks for."""

from __future__ import annotations

import os

from hypothesis import HealthCheck, settings

DEEP = os.environ.get("OPS0_TESTS") == "deep"


def cases(quick: int, deep: int) -> settings:
    """Try few cases, always the same ones; with ``OPS0_TESTS=deep`` many, drawn anew, for an hour or more.

    About one random project in several thousand is still sliced wrongly: finding those is the deep run's work.
    """
    return settings(
        max_examples=deep if DEEP else quick,
        deadline=None,
        derandomize=not DEEP,
        suppress_health_check=[
            HealthCheck.too_slow,
            HealthCheck.filter_too_much,
            HealthCheck.function_scoped_fixture,
        ],
    )
