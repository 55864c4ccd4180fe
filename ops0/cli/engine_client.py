"""The client of the engine that steps run on."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ops0.runtime.engines.docker_api import DockerApi

__all__ = ["connected"]


def connected() -> DockerApi:
    """The engine that steps run on, with what its host has asked already. Raises EngineError."""
    from ops0.runtime.engines.docker_engine import connect  # noqa: PLC0415 - the Docker SDK takes long to import

    api = connect()
    api.host()
    return api
