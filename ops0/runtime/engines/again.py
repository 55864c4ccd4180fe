"""Requests that do no harm when made twice are made again where their answer was lost: engines restart in seconds."""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar

from ops0.host.engine_errors import EngineUnreachable

PAUSES = (0.1, 0.2, 0.4, 0.8, 1.5, 3.0, 4.0)
"""Seconds before each further try: ten together."""

P = ParamSpec("P")
T = TypeVar("T")


def again(ask: Callable[P, T]) -> Callable[P, T]:
    """``ask``, made again while the engine cannot be reached. Only for what does no harm when it is done twice."""

    @wraps(ask)
    def asked(*args: P.args, **kwargs: P.kwargs) -> T:
        for pause in PAUSES:
            try:
                return ask(*args, **kwargs)
            except EngineUnreachable:  # noqa: PERF203 - a request costs more
                time.sleep(pause)
        return ask(*args, **kwargs)

    return asked
