"""What the Engine's statistics say of a container. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ops0.host.usage import Usage


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
