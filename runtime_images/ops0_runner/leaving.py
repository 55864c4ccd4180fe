"""How the runner's process ends: soon, whatever the step has left running. Python 3.8.

The result is stored and published by then, so nothing that the step left behind may hold it back: a thread that
sleeps, a child that was never joined, a pool of workers that waits for its next task. Exit hooks do run, so that
files are flushed and pools are closed; they get ``HOOKS`` seconds, and ``GRACE`` where they may wait for what is left.
"""

from __future__ import annotations

import os
import signal
import sys
from contextlib import suppress

from ops0_runner.quiet import is_quiet
from ops0_runner.streams import flush

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Callable, NoReturn, Optional

GRACE = 2.0
"""Seconds that exit hooks may take where threads or child processes were left."""
HOOKS = 30.0
"""Seconds that they may take else: one that hangs must not hold a run for ever."""
_TOLD = "ops0: exit hooks of the step had not ended after {:g} s, so its process was ended\n"


def leave(
    code: int, *, alone: bool = False, last: Optional[Callable[[bool], None]] = None
) -> NoReturn:
    """End the process with this exit code.

    alone: it is all that its container runs, so its memory is not tidied up object by object: with pandas loaded
           that takes ten times as long as all else that is left to do
    last:  called when all that is left is to end, with whether nothing of the step can run any more; before anything
           where it is not alone
    """
    flush()
    threads = _has_threads()
    if last is not None and not alone:
        last(False)
    _leave_within(GRACE if threads or "multiprocessing" in sys.modules else HOOKS, code)
    if not (threads or alone):
        sys.exit(code)
    _run_hooks()  # a normal exit would wait for the threads first, for ever
    flush()
    ctypes = sys.modules.get("ctypes")
    if ctypes is not None:  # compiled code that prints: what the C library still holds
        ctypes.CDLL(None).fflush(None)
    if last is not None and alone:
        last(is_quiet(own_threads=1))
    os._exit(code)


def leave_child(fault: Optional[BaseException]) -> NoReturn:
    """End a process that the step has forked and that came back from its function, as Python would end it.

    Only the process that was asked speaks for the step: two would write over each other's result.
    """
    code = 0
    if isinstance(fault, SystemExit):
        code = fault.code if isinstance(fault.code, int) else int(fault.code is not None)
    elif fault is not None:
        import traceback  # noqa: PLC0415 - only failures need it

        traceback.print_exception(type(fault), fault, fault.__traceback__)
        code = 1
    flush()
    os._exit(code & 0xFF)


def _run_hooks() -> None:
    import atexit  # noqa: PLC0415

    _close_executors()
    try:
        atexit._run_exitfuncs()  # noqa: SLF001 - the same that a normal exit calls
    except BaseException as fault:  # noqa: BLE001 - as at a normal exit, a hook changes no exit code
        sys.stderr.write(f"exit hook failed: {fault!r}\n")


def _has_threads() -> bool:
    """Whether threads are left that a normal exit would wait for."""
    threading = sys.modules.get("threading")
    return threading is not None and any(
        not thread.daemon
        for thread in threading.enumerate()
        if thread is not threading.main_thread()
    )


def _leave_within(seconds: float, code: int) -> None:
    """End the process after that time, or at once on SIGTERM, wherever its main thread waits."""
    import _thread  # noqa: PLC0415
    import time  # noqa: PLC0415

    begun = _thread.allocate_lock()
    begun.acquire()

    def end() -> None:
        begun.release()
        time.sleep(seconds)
        with suppress(OSError):  # not by sys.stderr: what hangs may hold its lock
            os.write(2, _TOLD.format(seconds).encode())
        os._exit(code)

    signal.signal(signal.SIGTERM, lambda *_: os._exit(code))
    _thread.start_new_thread(end, ())
    begun.acquire()  # only then it is counted, and no thread of the step can pass for it (see quiet.py)


def _close_executors() -> None:
    """Run what a normal exit runs before it waits for threads.

    ``concurrent.futures`` and joblib's loky close their pools there. Left open, their workers would be waited for by
    the hook of ``multiprocessing``, which comes later.
    source: CPython 3.9 to 3.14, ``threading._shutdown``; in 3.8 these are plain exit hooks
    """
    hooks = getattr(sys.modules.get("threading"), "_threading_atexits", [])
    for hook in reversed(list(hooks)):
        try:
            hook()
        except Exception as fault:  # noqa: BLE001, PERF203 - a library's: its fault keeps no other
            sys.stderr.write(f"exit hook {hook!r} failed: {fault!r}\n")
