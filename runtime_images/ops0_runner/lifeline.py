"""Ends a step's process with the ops0 that started it, should that be killed. Python 3.8.

A container's life is the engine's business; a process would work on for nobody. The kernel itself ends it: a step that
spins in compiled code, or holds on to every exception, never comes round to look.
"""

from __future__ import annotations

import fcntl
import os
import signal
from select import select

_SET_SIGNAL = getattr(fcntl, "F_SETSIG", None)


def hold(fd: int) -> None:
    """End this process and its group as soon as nobody has the other end of a pipe, in which nothing is ever written.

    source: F_SETSIG of fcntl(2), Linux: the one event that such a pipe has is its end. Elsewhere a thread waits for
            it; not on Linux, where Python warns a step that forks beside threads
    raises: OSError, where the descriptor is no pipe
    """
    os.set_inheritable(fd, False)
    if _SET_SIGNAL is None:
        import _thread  # noqa: PLC0415

        _thread.start_new_thread(_wait, (fd,))
        return
    # Whom the signal is for belongs to what is open, which steps side by side have inherited: so each opens its own.
    inherited, fd = fd, os.open(f"/proc/self/fd/{fd}", os.O_RDONLY | os.O_NONBLOCK)
    os.close(inherited)
    fcntl.fcntl(fd, fcntl.F_SETOWN, -os.getpid())
    fcntl.fcntl(fd, _SET_SIGNAL, signal.SIGKILL)
    fcntl.fcntl(fd, fcntl.F_SETFL, fcntl.fcntl(fd, fcntl.F_GETFL) | os.O_ASYNC)
    if select([fd], [], [], 0)[0]:  # it ended before
        _end()


def _wait(fd: int) -> None:
    os.read(fd, 1)
    _end()


def _end() -> None:
    os.killpg(os.getpid(), signal.SIGKILL)
