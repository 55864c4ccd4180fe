"""Whether nothing of a step runs any more in its container, and nothing of it was killed unseen. Python 3.8.

Then its exit can tell the host no more than is known, and the next step need not wait for it. Where the kernel does not
tell, the answer is no.
"""

from __future__ import annotations

import _thread
import os

_OOM_KILLS = ("/sys/fs/cgroup/memory.events", "/sys/fs/cgroup/memory/memory.oom_control")
"""Of cgroup 2 and 1, each with a line ``oom_kill N``."""


def is_quiet(*, own_threads: int = 0) -> bool:
    """Whether no thread of Python, no other process is left, and no child ran out of memory.

    own_threads: how many other threads are the runner's own
    """
    return _thread._count() <= own_threads and _is_last_process() and _oom_kills() == 0  # noqa: SLF001 - also without threading


def _is_last_process() -> bool:
    """Whether only the container's init is there beside this process; what has ended and was not waited for counts."""
    own = {"1", str(os.getpid())}
    try:
        return all(name in own for name in os.listdir("/proc") if name.isdigit())
    except OSError:
        return False


def _oom_kills() -> int:
    """How many processes the kernel has killed here for want of memory; -1 where nobody tells."""
    for path in _OOM_KILLS:
        try:
            with open(path, encoding="ascii", errors="replace") as file:
                for line in file:
                    name, _, count = line.partition(" ")
                    if name == "oom_kill":
                        return int(count)
        except (OSError, ValueError):  # noqa: PERF203 - two files
            continue
    return -1
