"""What can go wrong in a run: parameters (9), steps and values (50-59), the engine lost (68)."""

from __future__ import annotations

import shlex
from dataclasses import dataclass
from typing import Literal

from ops0.core.errors import EngineError, RunError, SettingsError

FailureKind = Literal[
    "step", "import", "value", "input", "job", "crash", "timeout", "memory", "lost"
]
"""The runner says the first five; the host finds the others by exit code, clock and engine."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Failure:
    """Why one attempt failed.

    where:     ``pipeline.py:12`` in the user's own source, or None
    traceback: the user's own frames, or ""
    final:     another attempt is not worth it, says ``@ops0.retry(on=...)``
    """

    kind: FailureKind
    message: str
    type: str = ""
    final: bool = False
    traceback: str = ""
    where: str | None = None
    hint: str | None = None

    @property
    def fact(self) -> str:
        """``KeyError: 'y'``, or what ops0 says itself."""
        return ": ".join(part for part in (self.type, self.message) if part)


@dataclass(frozen=True, kw_only=True, slots=True)
class Scene:
    """Where it happened, for the report.

    attempt: among those that were told to go, from 1
    place: the step's own place in the source;  log: path of the attempt's whole log;  tail: its last lines
    rerun: the command that runs it again;  inside: the command that opens a shell in the image, or None
    """

    run: str
    call: str
    step: str
    attempt: int
    place: str
    log: str
    tail: tuple[str, ...]
    image: str | None
    rerun: str
    inside: str | None


class ParamFault(SettingsError):
    """A parameter that the pipeline needs and nobody gave, or one that it does not know."""

    exit_code = 9

    def __init__(self, message: str, param: str, hint: str) -> None:
        super().__init__(message, hint)
        self.param = param


class CallFailed(RunError):
    """One call of the pipeline failed for good. ``failure`` and ``scene`` hold the facts."""

    exit_code = 50

    def __init__(self, failure: Failure, scene: Scene) -> None:
        super().__init__(
            _message(failure, scene), " ".join(way_on(failure.kind, failure.hint, scene.rerun))
        )
        self.failure, self.scene = failure, scene


class StepFailed(CallFailed):
    """The user's function raised, or could not be imported."""

    exit_code = 50


class StepResultFault(CallFailed):
    """A result could not be stored, or an output is not what its manifest says."""

    exit_code = 51


class StepTimedOut(CallFailed):
    """The step did not end within its time limit."""

    exit_code = 53


class OutOfMemory(CallFailed):
    """The step needed more memory than its limit."""

    exit_code = 52


class StepCrashed(CallFailed):
    """The step's process ended without a word: a signal, ``os._exit``, an exit code of its own."""

    exit_code = 54


class StepLost(CallFailed):
    """The engine lost the step's container, or the runner did not answer."""

    exit_code = 55


class StepInputFault(CallFailed):
    """An input is missing, torn, or not what its producer wrote."""

    exit_code = 56


class NoRun(RunError):
    """No run of that id is kept on this machine, or it has no such result."""

    exit_code = 57


class ExportFault(RunError):
    """A result cannot be written where the user wants it."""

    exit_code = 58


class RunLogFault(RunError):
    """A run's event log cannot be read: damaged, of a newer ops0; or it was removed while the run went on."""

    exit_code = 59


class EngineLost(EngineError):
    """The engine stopped answering in the middle of a run and did not come back.

    Its text is the same for all attempts that met it, so it is told once. ``seconds``: how long one waited for it.
    """

    exit_code = 68

    def __init__(self, place: str, seconds: float) -> None:
        super().__init__(
            f"{place}: the Docker Engine does not answer any more",
            "start it again; then `ops0 run` with --resume goes on, or `ops0 gc` removes what the run left there",
        )
        self.seconds = seconds


_USERS: frozenset[str] = frozenset({"step", "import", "value"})
"""What the user's code did: the same again is of no use, and what other calls gave holds."""

_CLASSES: dict[FailureKind, type[CallFailed]] = {
    "step": StepFailed,
    "import": StepFailed,
    "value": StepResultFault,
    "input": StepInputFault,
    "job": StepLost,
    "crash": StepCrashed,
    "timeout": StepTimedOut,
    "memory": OutOfMemory,
    "lost": StepLost,
}


def call_failed(failure: Failure, scene: Scene) -> CallFailed:
    """The error of the class that fits the kind of failure."""
    return _CLASSES[failure.kind](failure, scene)


def _message(failure: Failure, scene: Scene) -> str:
    place = failure.where or scene.place
    attempt = f" (attempt {scene.attempt})" if scene.attempt > 1 else ""
    lines = [f"{place}: step '{scene.call}' failed{attempt}: {failure.fact}"]
    if failure.traceback:
        lines += ["", *failure.traceback.rstrip("\n").splitlines(), ""]
    elif scene.tail:
        lines += ["  last log lines:", *(f"  | {line}" for line in scene.tail)]
    if scene.tail:  # else it is empty
        lines.append(f"  log:   {scene.log}")
    if scene.image:
        lines.append(f"  image: {scene.image}")
    if scene.inside:
        lines.append(f"  shell: {scene.inside}")
    return "\n".join(lines)


def way_on(kind: str, hint: str | None, rerun: str) -> tuple[str, str]:
    """What to do about a failure: in words, and the command.

    kind, hint: of the failure, as the event log has them;  rerun: the command that runs the pipeline again
    """
    if kind in _USERS and _can_go_on(rerun):
        return f"{hint or 'fix it'}, then continue:", f"{rerun} --resume"
    return f"{hint}; run it again:" if hint else "run it again:", rerun


def _can_go_on(rerun: str) -> bool:
    """Whether the run is of source that can be changed: not of a bundle, not of a deployment."""
    return _is_run(rerun) and not any(one.endswith(".ops0") for one in shlex.split(rerun))


def run_stopped(rerun: str) -> KeyboardInterrupt:
    """What Ctrl-C, or a signal like it, ends a run with when all is clean: it says how to go on.

    Python's own class: of no other does ``python flow.py`` end by the signal.
    """
    if not _is_run(rerun):
        return KeyboardInterrupt()
    return KeyboardInterrupt(f"to go on with it: {rerun} --resume")


def _is_run(rerun: str) -> bool:
    """Whether it is a command that can go on with a run: ``ops0 invoke`` begins a new one."""
    return shlex.split(rerun)[:2] == ["ops0", "run"]
