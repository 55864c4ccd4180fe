"""What the machine has refused a command, as an error for a person."""

from __future__ import annotations

import os
from pathlib import Path

from ops0.core.errors import HostError
from ops0.host.disk import disk_fault
from ops0.host.folders import cache_dir, state_dir
from ops0.host.limits import limit_fault


class FolderGone(HostError):
    """The folder that the command is started in has been removed or replaced since the shell went there."""

    exit_code = 72

    def __init__(self, folder: str) -> None:
        super().__init__(
            f"{folder}: the folder that you are in is no longer there",
            "if there is a new one of that name, go there again: cd .. && cd -",
        )
        self.folder = folder


def refused(fault: Exception) -> HostError | None:
    """The error with its place and hint, or None where it is no matter of room, rights, folders or limits."""
    if not isinstance(fault, OSError):
        return limit_fault(fault)
    try:
        here = Path.cwd()
    except FileNotFoundError:
        return FolderGone(os.environ.get("PWD", "this folder"))
    return disk_fault(fault, (cache_dir(), state_dir()), here)
