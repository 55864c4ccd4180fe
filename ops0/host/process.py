"""The one module that starts programs. Everyone else makes argv, a tuple of whole arguments; there is no shell."""

from __future__ import annotations

import os
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType
from typing import IO

from ops0.core.errors import HostError
from ops0.host.limits import LimitReached
from ops0.host.stops import stop_signals

_TAIL_LINES = 40
_READ_OUT = 5.0
"""Seconds that a program's streams may stay open after its end."""
_AT_ONCE = 1 << 16
_STOP_LOOK = 0.1
"""Seconds between two looks at whether to stop."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Completed:
    """A program that has ended. ``code`` is negative for a signal, as in subprocess."""

    argv: tuple[str, ...]
    code: int
    out: str
    err: str

    @property
    def tail(self) -> str:
        """The last lines it said, stderr first choice."""
        return "\n".join((self.err.strip() or self.out.strip()).splitlines()[-_TAIL_LINES:])


class ProgramMissing(Exception):
    """The program is not on this machine's PATH."""

    def __init__(self, program: str) -> None:
        super().__init__(f"{program}: no such program")
        self.program = program


class ProgramForbidden(HostError):
    """The program is there, and this user may not execute it."""

    exit_code = 72

    def __init__(self, program: str) -> None:
        super().__init__(
            f"{program}: may not be executed",
            f"chmod +x {program}; or is its file system mounted noexec?",
        )
        self.program = program


class ProgramTimeout(Exception):
    """The program did not end in its time and was killed."""

    def __init__(self, argv: tuple[str, ...], seconds: float) -> None:
        super().__init__(f"{argv[0]} did not end within {seconds:g} s")
        self.argv, self.seconds = argv, seconds


class ProgramStopped(Exception):
    """The program was ended because whoever waited for it no longer wants it."""

    def __init__(self, argv: tuple[str, ...]) -> None:
        super().__init__(f"{argv[0]} was stopped")
        self.argv = argv


@dataclass
class Program:
    """A running program whose standard streams are pipes. Made by ``start``; always ``close`` it."""

    argv: tuple[str, ...]
    popen: subprocess.Popen[bytes]
    _readers: list[tuple[IO[bytes], threading.Thread]] = field(default_factory=list)

    def read_lines(self, stream: IO[bytes], give: Callable[[str], None]) -> None:
        """Hand each line of a stream to ``give`` on a thread of its own, without its newline."""
        self._begin(stream, threading.Thread(target=_pump, args=(stream, give), daemon=True))

    def read_bytes(self, stream: IO[bytes], give: Callable[[bytes], None]) -> None:
        """Hand on what a stream holds as it comes, on a thread of its own; ``b""`` at its end.

        For programs of others: they may write a line that no memory holds.
        """
        self._begin(stream, threading.Thread(target=_pump_bytes, args=(stream, give), daemon=True))

    def _begin(self, stream: IO[bytes], reader: threading.Thread) -> None:
        reader.start()
        self._readers.append((stream, reader))

    def send(self, data: bytes) -> None:
        """Write to its standard input and close it. A program that is gone already is no error here."""
        stdin = self.popen.stdin
        if stdin is not None:
            with suppress(BrokenPipeError):
                stdin.write(data)
                stdin.flush()
            with suppress(BrokenPipeError):
                stdin.close()

    def wait(self, timeout: float | None = None) -> int:
        """Its exit code, after all that it said has been handed on. Raises ProgramTimeout; does not kill."""
        try:
            code = self.popen.wait(timeout)
        except subprocess.TimeoutExpired:
            raise ProgramTimeout(self.argv, timeout or 0.0) from None
        self._await_readers()
        return code

    def stop(self, grace: float) -> None:
        """SIGTERM to its whole process group, SIGKILL after ``grace`` seconds."""
        self._signal(signal.SIGTERM)
        with suppress(subprocess.TimeoutExpired):
            self.popen.wait(grace)
        self._signal(signal.SIGKILL)
        self.popen.wait()

    def close(self) -> None:
        """Leave nothing behind: no process of its group, no open pipe."""
        if self.popen.poll() is None:
            self.stop(0.5)
        # By something in another session: closing them would wait for it.
        held = self._await_readers()
        for stream in (self.popen.stdin, self.popen.stdout, self.popen.stderr):
            if stream is not None and stream not in held:
                with suppress(BrokenPipeError):
                    stream.close()

    def _await_readers(self) -> list[IO[bytes]]:
        """Wait until all that was said is handed on. Gives the streams that something still holds open."""
        until = time.monotonic() + _READ_OUT
        for _, reader in self._readers:
            reader.join(timeout=max(0.0, until - time.monotonic()))
        return [stream for stream, reader in self._readers if reader.is_alive()]

    def _signal(self, number: int) -> None:
        with suppress(ProcessLookupError):
            os.killpg(self.popen.pid, number)


def start(
    argv: Sequence[str],
    *,
    cwd: Path | None = None,
    env: Mapping[str, str] | None = None,
    held: Sequence[int] = (),
) -> Program:
    """Start a program in a process group of its own, so that Ctrl-C reaches ops0 first and ops0 decides.

    held:   descriptors that it inherits, as of a lock that it is to hold for as long as it runs
    raises: ProgramMissing, ProgramForbidden, LimitReached
    """
    argv = tuple(argv)
    popen: subprocess.Popen[bytes] | None = None
    try:
        with _put_off():  # struck between its fork and its end, Popen would forget the program
            popen = subprocess.Popen(
                argv,
                cwd=cwd,
                env=None if env is None else dict(env),
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                start_new_session=True,
                pass_fds=held,
            )
    except KeyboardInterrupt:
        if popen is not None:
            Program(argv, popen).close()
        raise
    except BlockingIOError as fault:
        raise LimitReached(f"another process: {fault.strerror}".lower()) from None
    except (FileNotFoundError, PermissionError) as fault:
        if cwd is not None and fault.filename == str(cwd):
            raise
        if isinstance(fault, PermissionError) and "/" in argv[0]:
            raise ProgramForbidden(argv[0]) from None
        # By its name alone it is missing also where PATH has a folder that this user may not look into.
        raise ProgramMissing(argv[0]) from None
    return Program(argv, popen)


@contextmanager
def _put_off() -> Iterator[None]:
    """Hold back what `stop_signals` raise until the block has ended. Elsewhere than on the main thread: nothing.

    The program that a block starts has them as ever.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    struck: list[tuple[int, FrameType | None]] = []
    handlers = {one: signal.getsignal(one) for one in stop_signals()}
    ours = {one: handler for one, handler in handlers.items() if callable(handler)}
    for one in ours:
        signal.signal(one, lambda number, frame: struck.append((number, frame)))
    try:
        yield
    finally:
        for one, handler in ours.items():
            signal.signal(one, handler)
        for number, frame in struck:
            ours[signal.Signals(number)](number, frame)


def start_apart(argv: Sequence[str], watched: float = 0.0) -> int | None:
    """Start a program that lives on by itself: in a session of its own, without streams, from the root folder.

    gives:  its exit code if it ends within ``watched`` seconds, else None
    raises: ProgramMissing
    """
    try:
        popen = subprocess.Popen(
            tuple(argv),
            cwd="/",
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
    except (FileNotFoundError, PermissionError):
        raise ProgramMissing(argv[0]) from None
    with suppress(subprocess.TimeoutExpired):
        return popen.wait(watched)
    popen.returncode = 0  # nobody waits for it: no warning when this object goes
    return None


def run(
    argv: Sequence[str],
    *,
    cwd: Path | None = None,
    env: Mapping[str, str] | None = None,
    send: bytes = b"",
    timeout: float,
    stop: threading.Event | None = None,
    held: Sequence[int] = (),
) -> Completed:
    """Run a program to its end and keep what it said. The exit code is the caller's to judge.

    timeout: seconds;  held: see ``start``
    stop:    ends the program once it is set: Ctrl-C reaches the main thread only, not one that waits here
    raises:  ProgramMissing, ProgramForbidden, ProgramTimeout, ProgramStopped (the program and its children are killed)
    """
    out: list[str] = []
    err: list[str] = []
    program = start(argv, cwd=cwd, env=env, held=held)
    try:
        assert program.popen.stdout is not None  # noqa: S101 - start() gives pipes
        assert program.popen.stderr is not None  # noqa: S101
        program.read_lines(program.popen.stdout, out.append)
        program.read_lines(program.popen.stderr, err.append)
        program.send(send)
        code = program.wait(timeout) if stop is None else _wait_or_stop(program, timeout, stop)
    finally:
        program.close()
    return Completed(argv=program.argv, code=code, out="\n".join(out), err="\n".join(err))


def _wait_or_stop(program: Program, timeout: float, stop: threading.Event) -> int:
    end = time.monotonic() + timeout
    while (code := _look(program)) is None:
        if stop.is_set():
            raise ProgramStopped(program.argv)
        if time.monotonic() >= end:
            raise ProgramTimeout(program.argv, timeout)
    return code


def _look(program: Program) -> int | None:
    try:
        return program.wait(_STOP_LOOK)
    except ProgramTimeout:
        return None


def _pump(stream: IO[bytes], give: Callable[[str], None]) -> None:
    for line in iter(stream.readline, b""):
        give(line.decode("utf-8", "replace").rstrip("\r\n"))


def _pump_bytes(stream: IO[bytes], give: Callable[[bytes], None]) -> None:
    while data := os.read(stream.fileno(), _AT_ONCE):
        give(data)
    give(b"")
