"""What the machine has refused a command, as an error for a person."""

from __future__ import annotations

from pathlib import Path

from ops0.core.errors import HostError
from ops0.host.disk import disk_fault
from ops0.host.folders import cache_dir, state_dir
from ops0.host.limits import limit_fault


def refused(fault: Exception) -> HostError | None:
    """The error with its place and hint, or None where it is no matter of room, rights, folders or limits."""
    if not isinstance(fault, OSError):
        return limit_fault(fault)
    return disk_fault(fault, (cache_dir(), state_dir()), Path.cwd())
