"""What the orchestrator asks of whatever runs the steps. Two engines keep this promise: containers and processes."""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, Protocol

from ops0.core.models.store import ModelVersion
from ops0.core.pipeline import CallId, Pipeline, Step, StepName
from ops0.host.owner import Owner
from ops0.host.usage import Usage
from ops0.runtime.errors import Failure
from ops0.runtime.runs import RunFolder, RunId

LineHandler = Callable[[str], None]


Spared = Literal["nothing", "values", "all"]
Spare = Callable[[RunId], Spared]
"""What of a killed run is to stay."""


def spare_none(_run: RunId) -> Spared:
    """Nothing, of any."""
    return "nothing"


@dataclass(frozen=True, kw_only=True, slots=True)
class RunSetup:
    """What an engine must know of a run before its first attempt. ``slots``: how many calls run side by side.

    models: what fills the parameter ``model`` of those steps that have one
    resumed: another process led it before;  under_way: the attempts of its that may go on
    """

    run: RunId
    folder: RunFolder
    pipeline: Pipeline
    slots: int
    owner: Owner
    models: Mapping[StepName, ModelVersion] = field(default_factory=dict)
    resumed: bool = False
    under_way: tuple[tuple[CallId, int], ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Job:
    """One attempt at one call. ``producers``: the calls whose outputs it will read, each once, in input order."""

    run: RunId
    call: CallId
    attempt: int
    nonce: str
    step: Step
    producers: tuple[CallId, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Exit:
    """How an attempt's main process ended.

    code:   as a shell would say it: 128 + n for signal n
    signal: its name, as ``SIGSEGV``, or None
    memory: the memory limit was hit, by this process or (then the code may be 0) by one of its children
    limit:  its memory limit in bytes, where there is one
    lost:   the engine does not know the code: only the manifest can tell
    ahead:  it had not ended yet: it had said that nothing is left to it but to end with this code
    hint:   what may be why it ended so, and what to do about it
    """

    code: int
    signal: str | None = None
    memory: bool = False
    limit: int | None = None
    lost: bool = False
    ahead: bool = False
    hint: str | None = None


@dataclass(frozen=True, slots=True)
class Member:
    """One entry of an output folder. ``kind`` is "file", "folder" or what else it is, as "symlink"."""

    name: str
    kind: str
    size: int
    read: Callable[[int], bytes]


class Attempt(Protocol):
    """One started attempt. Methods are called from more than one thread; each may be called again."""

    def go(self, line: bytes) -> None:
        """Give the go line and close standard input. No error when the attempt has ended already."""

    def listen(self, enough: Callable[[], bool]) -> bool:
        """Hand on what it says until it has ended or ``enough``, asked after each thing that it said, says so.

        Gives whether it was enough: an attempt that never says its last word ahead of its end may say no at once.
        ``wait`` follows in any case. Raises EngineError
        """

    def wait(self, whole: Callable[[], bool]) -> Exit:
        """Block until it has ended and all that it said was handed on. Raises EngineError.

        whole: whether a last word was among it; if not, and a connection broke off, what nobody heard is fetched
        """

    def stop(self, grace: float) -> None:
        """SIGTERM, and SIGKILL to all its processes after ``grace`` seconds (0: at once)."""

    def manifest(self) -> bytes | None:
        """The manifest of an attempt that has ended, as bytes; None where there is none (or no regular file)."""

    def members(self) -> Iterator[Member]:
        """What its output folder holds. Each member is read before the next is asked for. No link is followed."""

    def beside(self, behind: str) -> Iterator[Member]:
        """What the folder beside its output holds that has ``behind`` after its name; as ``members``."""

    def on_current_lines(self, failure: Failure) -> Failure:
        """Its failure on the lines of the project's current text, where it ran an older one. Never raises."""

    def usage(self) -> Usage | None:
        """What its processes use now; None where nobody can tell, or it does not run. Raises EngineError."""

    def remove(self) -> None:
        """Remove what the attempt itself held: its container or process. Its output stays until the run's end."""


class Engine(Protocol):
    """Runs attempts. Made for one run at a time: ``open``, attempts, ``close``."""

    kind: str
    isolated: bool
    """Whether each process has an environment of its own."""

    def open(self, setup: RunSetup) -> None:
        """Make ready for a run. Of a resumed one all attempts are ended but those under way. Raises EngineError."""

    def free_memory(self) -> int | None:
        """Bytes of memory that are free where attempts run; None where nobody can tell."""

    def code(self, step: Step) -> str:
        """A digest of all that decides what a step makes of its inputs. May be called from any thread."""

    def content(self, step: Step, text: str) -> str | None:
        """The digest of the file that a text means where the step runs; None where it means none."""

    def image(self, step: StepName) -> str | None:
        """The image that a step runs in, by digest; None where there are no images."""

    def inside(self, step: Step) -> str | None:
        """The command that opens a shell where the step runs, or None."""

    def title(self, job: Job) -> str:
        """What the attempt is called: a container's name, or ``process``."""

    def start(self, job: Job, said: LineHandler, printed: LineHandler) -> Attempt:
        """Start an attempt; it imports its module and waits for ``go``. Blocks until it has started.

        said:    gets each line of the protocol;  printed: gets each line of what the user's code prints
        raises:  EngineError
        """

    def give_up_starts(self) -> None:
        """Nobody wants what is being started, until the next ``open``: ``start`` may raise. Waits for nothing."""

    def output_path(self, call: CallId, attempt: int) -> str:
        """Where the attempt writes, as the attempt itself sees it."""

    def input_path(self, producer: CallId, attempt: int) -> str:
        """Where a consumer finds that attempt's output, as the consumer sees it."""

    def model_path(self, step: StepName) -> str:
        """Where a step finds its model's files, as the step sees it. Only for steps of ``RunSetup.models``."""

    def reattach(self, job: Job, said: LineHandler, printed: LineHandler) -> Attempt | None:
        """An attempt that an earlier leader of the run sent its go line; None where nothing is left of it.

        What it has said before is said again. Raises EngineError
        """

    def discard(self, call: CallId, attempt: int) -> None:
        """End and remove an attempt that was under way and is not wanted. Raises EngineError."""

    def stored(self, call: CallId, attempt: int) -> Iterator[Member]:
        """What an attempt's output folder holds, whether the attempt is still known or not. Raises EngineError."""

    def save(self, call: CallId, attempt: int, folder: Path) -> None:
        """Put an output that is done into a folder, which is not there yet, before ``close`` removes it from here.

        raises: EngineError, OSError, BadOutput
        """

    def restore(self, call: CallId, attempt: int, folder: Path) -> None:
        """See that consumers find a value, manifest and files, as that attempt's output. Raises EngineError."""

    def tidy(self) -> None:
        """Nothing is being started just now: a good time to remove what has ended. Waits for nothing."""

    def close(self) -> None:
        """Remove all that the run has made here, whatever state it is in. Never raises for what is gone already."""

    def remove_orphans(self, spare: Spare = spare_none) -> tuple[str, ...]:
        """Remove what runs left behind whose owner is gone. Gives the names of what was removed.

        spare: what of which run is to stay
        """


def write_member(member: Member, path: Path, most: int) -> Iterator[bytes]:
    """Copy a member to a new file, giving each chunk as it passes. Stops, short, at ``most`` bytes."""
    with path.open("xb") as file:
        left = most
        while left > 0 and (data := member.read(min(1 << 20, left))):
            file.write(data)
            left -= len(data)
            yield data


def signal_name(code: int) -> str | None:
    """``SIGSEGV`` for 139: what ended a process, by its exit code as a shell says it."""
    with suppress(ValueError):
        return signal.Signals(code - 128).name
    return None
