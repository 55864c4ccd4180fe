"""Another engine for a block of a command: by its address, or by the name of a Docker context."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager

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
    variables = ("DOCKER_HOST", "DOCKER_CONTEXT")
    before = {name: os.environ.pop(name, None) for name in variables}
    os.environ["DOCKER_HOST" if "://" in named else "DOCKER_CONTEXT"] = named
    try:
        yield
    finally:
        for name, value in before.items():
            os.environ.pop(name, None)
            if value is not None:
                os.environ[name] = value
