"""The processes of runs: noted when they start and marked, so that somebody can end them whose run was killed.

Most of what a step starts stays in its process group. What begins a session of its own, as a server or a daemon does,
is known by the environment that it inherited.
"""

from __future__ import annotations

import os
import shutil
import signal
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from ops0.host.owner import is_gone, parse_owner, process_start, this_process
from ops0.runtime.runs import RunId, kept_runs, run_folder

MARK = "OPS0_ATTEMPT"
"""The variable that holds the output folder of the attempt whose process it is, or that started it."""
_PROC = Path("/proc")
_LOOKS = 3
"""What is found may be starting something just then."""


@dataclass(frozen=True, kw_only=True, slots=True)
class OrphanRun:
    """A killed run that has left its work folder. ``same_boot``: its processes may still be there."""

    run: RunId
    work: Path
    same_boot: bool

    def remove(self, *, values: bool = True) -> bool:
        """End its processes, remove its values. Gives whether the folder is gone."""
        if self.same_boot:
            end_noted(self.work)
        if values:
            shutil.rmtree(self.work, ignore_errors=True)
        return not self.work.exists()


def orphan_runs() -> Iterator[OrphanRun]:
    """The killed runs of this machine that left processes or values."""
    asker = this_process()
    for run in kept_runs():
        folder = run_folder(run)
        if not folder.work.is_dir():
            continue
        owner = None
        with suppress(OSError):
            owner = parse_owner(folder.owner.read_text())
        if owner is not None and is_gone(owner, asker):
            yield OrphanRun(run=run, work=folder.work, same_boot=owner.boot == asker.boot)


def note_process(folder: Path, pid: int) -> None:
    """Remember a process by number and start, so that the next run can end it should this one be killed."""
    started = process_start(pid)
    if started is not None:
        with (folder / "processes").open("a") as file:
            file.write(f"{pid} {started}\n")


def end_noted(folder: Path) -> None:
    """End the processes that are noted in a work folder, with all that they have started."""
    notes = folder / "processes"
    if notes.is_file():
        for line in notes.read_text().splitlines():
            pid, _, started = line.partition(" ")
            if pid.isdecimal() and str(process_start(int(pid))) == started:
                with suppress(ProcessLookupError, PermissionError):
                    os.killpg(int(pid), signal.SIGKILL)
        notes.unlink()
    end_strays(folder)


def end_strays(output: Path) -> None:
    """End what attempts have started whose output is this folder, or in it, whatever session it is in by now."""
    for _ in range(_LOOKS):
        strays = list(_marked(f"{MARK}={output}".encode()))
        for pid in strays:
            with suppress(ProcessLookupError, PermissionError):
                os.kill(pid, signal.SIGKILL)
        if not strays:
            return


def _marked(mark: bytes) -> Iterator[int]:
    """source: proc_pid_environ(5); that of another user's process cannot be read, that of one that ended is empty."""
    if not _PROC.is_dir():
        return
    for entry in os.scandir(_PROC):
        if entry.name.isdecimal():
            with suppress(OSError):
                variables = (_PROC / entry.name / "environ").read_bytes().split(b"\0")
                if any(one == mark or one.startswith(mark + b"/") for one in variables):
                    yield int(entry.name)
