"""What the Engine's answers say, as values. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ops0.host.usage import Usage
from ops0.host.walls import unheld_limits
from ops0.runtime.engines.docker_api import ContainerState, Host

_NEVER = "0001-01-01T00:00:00Z"


def host_of(info: Mapping[str, Any]) -> Host:
    """The engine's host. source: Engine API, GET /info."""
    return Host(
        memory=int(info["MemTotal"]),
        processors=int(info["NCPU"]),
        runtimes=tuple(sorted(info.get("Runtimes") or ())),
        unheld=unheld_limits(info),
    )


def state_of(facts: Mapping[str, Any]) -> ContainerState:
    """A container. source: Engine API, GET /containers/{id}/json."""
    state = facts["State"]
    return ContainerState(
        running=bool(state["Running"]),
        started=state["StartedAt"] != _NEVER,
        code=int(state["ExitCode"]),
        out_of_memory=bool(state["OOMKilled"]),
        memory=int(facts["HostConfig"]["Memory"]),
    )


def usage_of(stats: Mapping[str, Any]) -> Usage | None:
    """What the Engine's statistics say, of a container that runs. Memory as ``docker stats`` shows it.

    source: Engine API, GET /containers/{id}/stats; ``inactive_file`` is what cgroup v2, with ``total_`` v1 calls it
    """
    memory = stats.get("memory_stats") or {}
    if "usage" not in memory:
        return None
    parts = memory.get("stats") or {}
    idle = parts.get("total_inactive_file", parts.get("inactive_file", 0))
    cpu = stats["cpu_stats"]["cpu_usage"]["total_usage"] / 1e9
    return Usage(cpu=cpu, memory=max(0, int(memory["usage"]) - int(idle)))
