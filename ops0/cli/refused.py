"""A write or a read that the machine has refused a command, as an error for a person."""

from __future__ import annotations

from pathlib import Path

from ops0.core.errors import HostError
from ops0.host.disk import disk_fault
from ops0.host.folders import cache_dir, state_dir


def refused(fault: OSError) -> HostError | None:
    """The error with its place and hint, or None where it is no matter of room, rights or folders."""
    return disk_fault(fault, (cache_dir(), state_dir(), Path.cwd()))
