"""Memory, threads, processes and open files that this machine does not give to ops0, as one clear error."""

from __future__ import annotations

import errno

from ops0.core.errors import HostError

NO_MORE_FILES = frozenset((errno.EMFILE, errno.ENFILE))
"""What the system says where nothing more can be opened, a connection included."""

_NO_THREAD = "can't start new thread"
"""Python's words: it has no class of its own for it."""


class LimitReached(HostError):
    """The machine gives this process no more memory, no thread or no other process."""

    exit_code = 72

    def __init__(self, fact: str) -> None:
        super().__init__(
            f"this machine gives ops0 no more: {fact}",
            "run less at once (--jobs), or allow more: `ulimit -v` (memory), `ulimit -u` (processes and threads)",
        )


def limit_fault(fault: BaseException) -> LimitReached | None:
    """The error for a person, or None where it is something else."""
    if isinstance(fault, MemoryError):
        return LimitReached("out of memory")
    if isinstance(fault, RuntimeError) and _NO_THREAD in str(fault):
        return LimitReached(_NO_THREAD)
    return None
