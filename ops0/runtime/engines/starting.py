"""A container, made and started: made anew where the engine fails at it, for nothing has told it to go yet."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from contextlib import suppress

from ops0.core.errors import EngineError
from ops0.host.engine_errors import EngineRefused
from ops0.runtime.engines.docker_api import Attached, DockerApi
from ops0.runtime.errors import EngineLost

_STARTS = 3
"""How often a container is made whose start the engine did not answer at once."""
_PAUSES = (0.5, 1.5, 4.0, 8.0, 15.0)
"""Seconds before each further try where the engine itself fails. A killed containerd was seen to be away for 16."""
_OWN_FAULTS = 3
"""How many of them are for what may be no passing fault: anything but 503."""
_UNAVAILABLE = 503
_FAILS = 500
"""The first HTTP status that is the engine's own fault."""


def started(
    api: DockerApi, name: str, create: Callable[[], None], given_up: threading.Event
) -> Attached:
    """Make a container, attach to it and start it. Gives its streams.

    create:   makes it, and looks at what was made; may be called again
    given_up: set when nobody wants it any more: it is not made anew then, and no pause goes on
    raises:   EngineError; EngineLost where the engine was away each time that it was to answer
    """
    begin = time.monotonic()
    away = failed = 0
    while away < _STARTS:
        try:
            if failed:
                api.remove_container(name)
            still_wanted(name, given_up)
            create()
            streams = _start(api, name)
        except EngineRefused as fault:  # noqa: PERF203 - a request costs more
            most = len(_PAUSES) if fault.status == _UNAVAILABLE else _OWN_FAULTS
            if fault.status < _FAILS or failed >= most or given_up.wait(_PAUSES[failed]):
                raise
            failed += 1
        else:
            if streams is not None:
                return streams
            away += 1
    raise EngineLost(api.address, time.monotonic() - begin)


def still_wanted(name: str, given_up: threading.Event) -> None:
    """To be asked before a container is made: one made too late brings its removed volumes back.

    raises: EngineError when starts are given up
    """
    if given_up.is_set():
        raise EngineError(f"container {name}: it is not made any more, since the run is ending")


def _start(api: DockerApi, name: str) -> Attached | None:
    """Its streams; None where they may be dead while it lives: it is removed then."""
    try:
        streams = api.attach(name)
        try:
            if api.start(name):
                return streams
        except BaseException:
            streams.close()
            raise
    except BaseException:
        with suppress(EngineError):
            api.remove_container(name)
        raise
    streams.close()
    api.remove_container(name)
    return None
