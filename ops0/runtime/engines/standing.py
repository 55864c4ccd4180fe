"""What an engine makes of what it is asked: looked at before a step's container is started."""

from __future__ import annotations

import threading
from collections.abc import Collection
from contextlib import suppress

from ops0.core.errors import EngineError, SettingsError
from ops0.core.pipeline import Step, StepName
from ops0.host.walls import Allowed, WallsDown, broken_rules
from ops0.runtime.engine import LineHandler
from ops0.runtime.engines.docker_api import DockerApi


class NoRuntime(SettingsError):
    """``runtime`` names what the engine does not have. ``known``: what it has."""

    exit_code = 5

    def __init__(self, runtime: str, known: Collection[str], place: str) -> None:
        have = ", ".join(known) or "none"
        super().__init__(
            f"{place}: the engine has no runtime {runtime!r}, which the setting `runtime` names",
            f"it has {have}; add it to the engine's daemon.json, or leave `runtime` and OPS0_RUNTIME out",
        )
        self.runtime, self.known = runtime, tuple(known)


def check_runtime(runtime: str | None, known: Collection[str], place: str) -> None:
    """Whether the engine can run steps by it. Raises NoRuntime."""
    if runtime is not None and runtime not in known:
        raise NoRuntime(runtime, known, place)


class Walls:
    """Looks at the first container of each step: what an engine makes of a request, it makes of all like it."""

    def __init__(self, api: DockerApi) -> None:
        self._api = api
        self._seen: set[StepName] = set()
        self._gates: dict[StepName, threading.Lock] = {}
        self._guard = threading.Lock()

    def check(self, name: str, step: Step, printed: LineHandler) -> None:
        """Remove a container that lacks a wall. Of limits that an engine cannot hold the step's log says so.

        raises: WallsDown, EngineError
        """
        with self._guard:
            gate = self._gates.setdefault(step.name, threading.Lock())
        # Others of the step wait: none starts before the first is known to have its walls.
        with gate:
            if step.name not in self._seen:
                self._look(name, step, printed)
                self._seen.add(step.name)

    def _look(self, name: str, step: Step, printed: LineHandler) -> None:
        allowed = Allowed(
            network=step.options.network,
            native_code=bool(step.native_code),
            quiet=bool(step.options.secrets),
        )
        told = self._api.inspect(name)
        broken = broken_rules(told, allowed, "wall")
        if broken:
            with suppress(EngineError):
                self._api.remove_container(name)
            raise WallsDown(self._api.address, name, broken)
        limits = (*broken_rules(told, allowed, "limit"), *self._api.host().unheld)
        for rule in dict.fromkeys(limits):
            printed(f"ops0: the engine gave it {rule.fact}")
