"""Says where an import is that takes long. Python 3.8.

By a thread that holds the interpreter's lock while it looks. ``faulthandler.dump_traceback_later`` looks without it,
and of an import that is slow but goes on, as torch's on a busy machine, it follows frames that are gone: steps ended by
SIGSEGV. An import that waits for ever lets the lock go, but for C code that keeps it: then nothing is said.
source: https://docs.python.org/3/library/faulthandler.html#dumping-the-tracebacks-after-a-timeout
"""

from __future__ import annotations

import _thread
import os
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import FrameType
    from typing import Optional


class SlowImport:
    """``with SlowImport(50.0):`` around an import of this thread; where that is then after 50 s is said on fd 2."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self.asked, self.process = _thread.get_ident(), os.getpid()
        self.over = _thread.allocate_lock()
        self.gone = _thread.allocate_lock()

    def __enter__(self) -> None:
        self.over.acquire()
        self.gone.acquire()
        _thread.start_new_thread(self._watch, ())

    def __exit__(self, *_: object) -> None:
        # Its thread has to be gone: whether a step has threads decides whether its exit is waited for.
        if os.getpid() != self.process:  # a module that forks has no thread in its child
            return
        self.over.release()
        self.gone.acquire()

    def _watch(self) -> None:
        try:
            if not self.over.acquire(timeout=self.seconds):
                frame = sys._current_frames().get(self.asked)  # noqa: SLF001 - documented
                said = "still importing after {:g} s (most recent call first):\n{}"
                os.write(
                    2, said.format(self.seconds, _stack_text(frame)).encode("utf-8", "replace")
                )
        finally:
            self.gone.release()


def _stack_text(frame: Optional[FrameType]) -> str:
    """The frames as faulthandler writes them: no module is imported for it, as the import may hold any lock."""
    lines = []
    while frame is not None:
        code = frame.f_code
        lines.append(f'  File "{code.co_filename}", line {frame.f_lineno} in {code.co_name}\n')
        frame = frame.f_back
    return "".join(lines)
