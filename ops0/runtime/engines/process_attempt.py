"""One attempt of a call as a process of this machine. An Attempt."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TypeAlias

from ops0.core.values.bounds import LARGEST_MANIFEST
from ops0.host import process
from ops0.host.usage import Usage, session_usage
from ops0.runtime.engine import Exit, LineHandler, Member, signal_name
from ops0.runtime.engines.cells import told_in_cells
from ops0.runtime.engines.left_processes import end_strays
from ops0.runtime.engines.process_code import Code
from ops0.runtime.engines.shadowing import shadowing_hint
from ops0.runtime.engines.streams import MAX_LOG_LINE, MAX_PROTOCOL_LINE, Lines
from ops0.runtime.errors import Failure
from ops0.runtime.outputs.folder_members import folder_members
from ops0_runner.protocol import MANIFEST_NAME

Launched: TypeAlias = "tuple[process.Program, Code]"


class ProcessAttempt:
    """Attempt, as one process with its process group.

    again: asked at the go line; gives another process where the one that waits must not be used
    """

    def __init__(
        self,
        launched: Launched,
        output: Path,
        said: LineHandler,
        printed: LineHandler,
        again: Callable[[], Launched | None] = lambda: None,
    ) -> None:
        self._output, self._said, self._printed = output, said, printed
        self._again = again
        self._program, self._code = launched
        self._hear()

    def _hear(self) -> None:
        popen = self._program.popen
        if popen.stdout is not None and popen.stderr is not None:
            self._program.read_bytes(popen.stdout, _cut(self._said, MAX_PROTOCOL_LINE))
            self._program.read_bytes(popen.stderr, _cut(self._printed, MAX_LOG_LINE))

    def go(self, line: bytes) -> None:
        """See Attempt."""
        waiting, fresh = self._program, self._again()
        if fresh is not None:
            self._program, self._code = (
                fresh  # first: whoever waits for the old one sees that it is not meant
            )
            self._hear()
            waiting.stop(0)
            waiting.close()
        self._program.send(line)

    def listen(self, enough: Callable[[], bool]) -> bool:  # noqa: ARG002
        """See Attempt. It ends in milliseconds, and its children with it."""
        return False

    def wait(self, whole: Callable[[], bool]) -> Exit:  # noqa: ARG002 - pipes do not break off
        """See Attempt. Children that outlive the step's process are ended with it, as in a container."""
        waited, code = None, 0
        while waited is not self._program:
            waited = self._program
            code = waited.popen.wait()
        self._program.stop(0)
        end_strays(self._output)
        self._program.wait()
        code = 128 - code if code < 0 else code
        # 1: an exception of Python's own.
        hint = shadowing_hint(self._code.roots) if code == 1 else None
        return Exit(code=code, signal=signal_name(code), hint=hint)

    def stop(self, grace: float) -> None:
        """See Attempt."""
        self._program.stop(grace)

    def manifest(self) -> bytes | None:
        """See Attempt."""
        for member in folder_members(self._output):
            if member.name == MANIFEST_NAME and member.kind == "file":
                return member.read(LARGEST_MANIFEST + 1)
        return None

    def members(self) -> Iterator[Member]:
        """See Attempt."""
        return folder_members(self._output)

    def beside(self, behind: str) -> Iterator[Member]:
        """See Attempt."""
        return folder_members(self._output.with_name(self._output.name + behind))

    def on_current_lines(self, failure: Failure) -> Failure:
        """See Attempt. It ran the project's own files, and slices of the current notebook."""
        return told_in_cells(failure, self._code.notebooks)

    def usage(self) -> Usage | None:
        """See Attempt. Its process began a session, which its children stay in unless they ask for their own."""
        return session_usage(self._program.popen.pid)

    def remove(self) -> None:
        """See Attempt."""
        self._program.close()


def _cut(give: LineHandler, longest: int) -> Callable[[bytes], None]:
    lines = Lines(give, longest)
    return lambda data: lines.feed(data) if data else lines.end()
