"""What an analysis depends on beside the project's files, as the key under which its result is kept."""

from __future__ import annotations

import os
import sys
from collections.abc import Collection, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import ops0
from ops0.core.digest import sha256
from ops0.core.kept_analyses import Kept, question
from ops0.host.folders import cache_dir, state_dir
from ops0.host.pipreqs import pipreqs_mapping
from ops0.host.sealed_cache import PrivateFolder

if TYPE_CHECKING:
    from ops0.cli.work import Work

__all__ = ["analysis_key", "kept_analyses"]


def kept_analyses() -> Kept:
    """Where analyses are kept on this machine."""
    return PrivateFolder(folder=cache_dir() / "analyses", secret=state_dir() / "analyses.key")


def analysis_key(work: Work, params: Collection[str]) -> str:
    """The key: the question, the settings, the environment, and the program that answers."""
    project = work.project
    return question(
        program=repr((ops0.__version__, sys.version, *_program())),
        project=repr((str(project.root), project.entry, project.roots, project.selected)),
        settings=repr((project.settings, project.is_main, sorted(params))),
        target=repr(work.target),
        declared=repr(work.declared),
        installed=work.environment.digest,
        integrations=repr(work.integrations),
        pipreqs=sha256(pipreqs_mapping().encode()),
    )


def _program() -> Iterator[tuple[str, int, int]]:
    """The files of ops0 that decide a result, with size and time: an ops0 that is being worked on has one version."""
    folder = Path(ops0.__file__).parent / "core"
    pending = [str(folder)]
    while pending:
        here = pending.pop()
        for entry in sorted(os.scandir(here), key=lambda one: one.name):
            if entry.is_dir():
                pending.append(entry.path)
            elif entry.name.endswith((".py", ".toml")):
                told = entry.stat()
                yield entry.path, told.st_size, told.st_mtime_ns
