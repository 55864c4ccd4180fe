"""An engine of the benchmark's own, with nothing but the base in it, and what it costs: its processors' time.

It is the engine of the end-to-end tests. Wall seconds of a busy machine swing by a factor of three; the processor time
of an engine with all that it starts, counted by a control group, does not.
"""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from benchmarks.programs import BASE

sys.path.insert(0, str(Path(__file__).parents[1] / "e2e"))
from driver.second_engine import can_be_started, copy_image, second_engine

GROUPS = Path("/sys/fs/cgroup")
# A group that has processes may have no groups below it: the engine is in one beside those of its containers.
ENTER = 'echo $$ > "$0" && exec "$@"'


@dataclass(frozen=True, slots=True)
class Engine:
    """``address``: as DOCKER_HOST has it;  ``pid``: of its daemon;  ``group``: the control group that counts."""

    address: str
    pid: int
    group: Path

    @property
    def seconds(self) -> float:
        """Processor time that it and all it started have taken since it was made."""
        if (self.group / "cpuacct.usage").exists():
            return int((self.group / "cpuacct.usage").read_text()) / 1e9
        rows = dict(row.split() for row in (self.group / "cpu.stat").read_text().splitlines())
        return int(rows["usage_usec"]) / 1e6


@contextmanager
def own_engine(*, containerd: bool, memory: Path | None = None) -> Iterator[Engine]:
    """A new engine that has the base. ``memory``: where its data are, a folder in memory for figures without the disk.

    raises: SystemExit where none can be started
    """
    if not can_be_started():
        raise SystemExit("an engine of one's own needs root and dockerd")
    folder = Path(tempfile.mkdtemp(prefix="ops0-bench-", dir=memory))
    group = (GROUPS / "cpuacct" if (GROUPS / "cpuacct").is_dir() else GROUPS) / folder.name
    (group / "engine").mkdir(parents=True)
    prefix = ("sh", "-c", ENTER, str(group / "engine" / "cgroup.procs"))
    options = ("--cgroup-parent", f"/{folder.name}")
    try:
        with second_engine(
            folder, containerd=containerd, prefix=prefix, options=options
        ) as address:
            copy_image(BASE, address)
            yield Engine(address, int((folder / "docker.pid").read_text()), group)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        _remove(folder.name)


def _remove(name: str) -> None:
    """The control groups, of every controller that containers were in; the innermost first."""
    for path in (*GROUPS.glob(f"*/{name}"), GROUPS / name):
        for inner, _, _ in os.walk(path, topdown=False):
            with suppress(OSError):
                os.rmdir(inner)  # noqa: PTH106 - the folder goes, its files cannot
