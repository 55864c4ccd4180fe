"""What an engine's image store means for builds: what ``ops0 doctor`` says of it. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def store_text(told: Mapping[str, Any]) -> str:
    """One sentence about the store, with what another one could gain; figures are in docs/performance.md.

    told:   the engine's answer to ``GET /info``
    source: https://docs.docker.com/engine/storage/containerd/
    """
    driver = str(told.get("Driver", "unknown"))
    status = dict(pair for pair in told.get("DriverStatus") or () if len(pair) == 2)
    if str(status.get("driver-type", "")).startswith("io.containerd"):
        return (
            "containerd: layers are kept compressed, so a push is quick; with overlay2 a cold build takes half the "
            "processor time, and two thirds with its first push"
        )
    if driver == "overlay2":
        return (
            "overlay2: the quickest for cold builds; layers are compressed at each push, and images of several "
            "platforms need containerd"
        )
    return f"{driver}: ops0 is measured with overlay2 and containerd only"
