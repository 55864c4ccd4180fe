"""All that decides what a step does in a process of this machine, as one digest; in containers its image's says it."""

from __future__ import annotations

import os
import platform
import sys
from pathlib import Path
from stat import S_ISREG

from ops0.core.digest import digest_of
from ops0.core.pipeline import Step
from ops0.core.tree_digest import tree_digest
from ops0.core.values.digest import file_digest
from ops0.host.versions import InstalledPackages

FORMAT = 1
"""Raised when the same code gives other results: the runner, the forms of values."""
_OPEN = os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC


def step_code(
    project: Path, step: Step, environment: str | None, installed: InstalledPackages
) -> str:
    """Hex digest over a step's slices, its data files, the packages it needs as installed, and this Python.

    environment: that of the step alone, named by its Python and wheels; None: what is installed beside ops0
    """
    packages = installed.closure(need.name for need in step.needs) if environment is None else ()
    return digest_of(
        {
            "format": FORMAT,
            "step": [step.module, step.function, list(step.roots), step.folder],
            "slices": [[one.path, tree_digest(one.text)] for one in step.slices],
            "data": [[one.path, content_digest(project / one.path)] for one in step.data],
            "packages": packages,
            **({} if environment is None else {"environment": environment}),
            "python": [sys.version, platform.machine()],
        }
    )


def content_digest(path: Path) -> str | None:
    """The digest of a regular file that is there and can be read, else None.

    Any text may be asked about: one that is too long for a name, or names a pipe, is no file.
    """
    try:
        with os.fdopen(os.open(path, _OPEN), "rb") as file:
            status = os.fstat(file.fileno())
            return file_digest(file.fileno(), status.st_size) if S_ISREG(status.st_mode) else None
    except OSError:
        return None
