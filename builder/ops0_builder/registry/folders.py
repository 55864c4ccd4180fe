"""Where pushes keep blobs on their way, and the lock by which is seen whether any push lives."""

from __future__ import annotations

from pathlib import Path

from ops0.host.folders import cache_dir


def pushes_dir() -> Path:
    """One folder below it for each push; a push removes its own, unless it is killed."""
    return cache_dir() / "pushes"


def pushes_lock() -> Path:
    """The lock that pushes share while they run; who removes what they left holds it alone."""
    return cache_dir() / "locks" / "pushes.lock"
