"""What the Docker SDK raises, as our errors."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import requests
import urllib3
from docker.errors import APIError, DockerException

from ops0.host.engine_errors import (
    EngineFull,
    EngineRefused,
    EngineTimeout,
    EngineUnreachable,
    NoConnection,
    says_full,
)
from ops0.host.limits import NO_MORE_FILES


@contextmanager
def translated(address: str, request: str, seconds: float) -> Iterator[None]:
    """A block of one request.

    seconds: its time limit
    raises:  EngineFull, EngineRefused, EngineTimeout, EngineUnreachable, NoConnection
    """
    try:
        yield
    except APIError as fault:
        text = str(fault.explanation or fault)
        if says_full(text):
            raise EngineFull(request) from None
        raise EngineRefused(request, fault.status_code or 0, text) from None
    except (requests.Timeout, TimeoutError):
        raise EngineTimeout(address, request, seconds) from None
    except (
        requests.RequestException,
        urllib3.exceptions.HTTPError,
        DockerException,
        OSError,
    ) as fault:
        # A read that times out after the head is a ConnectionError.
        if "Read timed out" in str(fault):
            raise EngineTimeout(address, request, seconds) from None
        first = _first(fault)
        if isinstance(first, OSError) and first.errno in NO_MORE_FILES:
            raise NoConnection(address, _cause(first)) from None
        raise EngineUnreachable(address, _cause(first)) from None


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


def _first(fault: BaseException) -> BaseException:
    while fault.__cause__ is not None or fault.__context__ is not None:
        fault = fault.__cause__ or fault.__context__ or fault
    return fault


def _cause(fault: BaseException) -> str:
    return getattr(fault, "strerror", None) or str(fault) or type(fault).__name__
