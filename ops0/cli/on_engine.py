"""Another engine for a block of a command: by its address, or by the name of a Docker context."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from ops0.core.inprocess.variables import variables_set
from ops0.host.engine_address import parse_address


@contextmanager
def on_engine(named: str | None, place: str) -> Iterator[None]:
    """A block in which the engine, buildx and all else of Docker is the one that is named.

    named:  an address, ``unix:///run/docker.sock`` or ``tcp://builder:2376``; else a context of the ``docker`` command;
            None or "": the usual one
    place:  what names it, for errors
    raises: EngineAddressError for an address that ops0 cannot use
    """
    if not named:
        yield
        return
    if "://" in named:
        parse_address(named, place)
    variable = "DOCKER_HOST" if "://" in named else "DOCKER_CONTEXT"
    with variables_set({"DOCKER_HOST": None, "DOCKER_CONTEXT": None, variable: named}):
        yield
