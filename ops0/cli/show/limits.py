"""What an engine holds a step to: what ``ops0 doctor`` says of it. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ops0_builder.engine.engine_images import is_rootless

_HELD = {"MemoryLimit": "memory", "CpuCfsQuota": "processors", "PidsLimit": "processes"}
"""The engine's words for what it can limit, and ours."""


def limits_text(told: Mapping[str, Any]) -> str:
    """Which limits of steps hold; a run warns where one does not.

    told:   the engine's answer to ``GET /info``
    source: https://docs.docker.com/engine/security/rootless/
    """
    lacking = [name for word, name in _HELD.items() if told.get(word) is False]
    if not lacking:
        return f"steps are held to their {', '.join(_HELD.values())}"
    why = f"cgroup v{told.get('CgroupVersion') or '?'}, driver {told.get('CgroupDriver') or '?'}"
    fix = "; delegate the cgroup controllers to its user" if is_rootless(told) else ""
    return f"steps are not held to their {', '.join(lacking)} ({why}{fix})"
