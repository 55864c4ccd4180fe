"""Refusals of the Docker Engine that are answers."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from ops0.host.engine_errors import EngineRefused


@contextmanager
def gone_is_fine() -> Iterator[None]:
    """404: gone. 409: not running, or another request removes it just now. 304: as it should be."""
    try:
        yield
    except EngineRefused as fault:
        if fault.status not in (304, 404) and not (
            fault.status == 409 and "in use" not in str(fault)
        ):
            raise


def is_of_ps(fault: EngineRefused) -> bool:
    """Whether it was the ``ps`` of the engine's host that failed, which lists a container's processes."""
    return " 500: ps: " in str(fault) or "executable file not found" in str(fault)
