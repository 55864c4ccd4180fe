"""What an engine's image store means for builds: what ``ops0 doctor`` says of it. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def store_text(told: Mapping[str, Any]) -> str:
    """Name the store, with what it cannot do; how fast each is, is in docs/performance.md.

    told:   the engine's answer to ``GET /info``
    source: https://docs.docker.com/engine/storage/containerd/
    """
    driver = str(told.get("Driver", "unknown"))
    status = dict(pair for pair in told.get("DriverStatus") or () if len(pair) == 2)
    if str(status.get("driver-type", "")).startswith("io.containerd"):
        return "containerd image store"
    if driver == "overlay2":
        return "overlay2 (no image index: several platforms cannot be built)"
    return f"{driver}: ops0 is measured with overlay2 and containerd only"
