"""What an attempt's thread tells the orchestrator, and what it is given beside its job."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Protocol, TypeAlias

from ops0.core.pipeline import JsonValue
from ops0.runtime.engine import Attempt, Exit, Job
from ops0.runtime.errors import Failure
from ops0.runtime.events import EventKind
from ops0.runtime.execution.verdict import Done


@dataclass(frozen=True, slots=True)
class Up:
    """The attempt's container is up; ``attempt`` takes the go line."""

    job: Job
    attempt: Attempt


@dataclass(frozen=True, slots=True)
class Ready:
    """The runner has imported the step's module, in ``seconds``."""

    job: Job
    seconds: float


@dataclass(frozen=True, slots=True)
class Noted:
    """What is only logged: an event of that kind with that data.

    Of ``attempt.log``, the last line it printed, at most ten a second are told.
    """

    job: Job
    kind: EventKind
    data: Mapping[str, JsonValue]


@dataclass(frozen=True, slots=True)
class Over:
    """It has ended. ``tail``: its last log lines;  code: what a result was made by."""

    job: Job
    outcome: Done | Failure
    exit: Exit | None
    tail: tuple[str, ...]
    code: str | None = None


@dataclass(frozen=True, slots=True)
class Gone:
    """Nothing is left of an attempt that was to go on."""

    job: Job


@dataclass(frozen=True, slots=True)
class Broke:
    """The engine failed, not the step."""

    job: Job
    error: BaseException


Message: TypeAlias = Up | Ready | Noted | Over | Gone | Broke
Post: TypeAlias = Callable[[Message], None]


class Delivery(Protocol):
    """A value that an attempt reads and the engine may not have yet."""

    def deliver(self) -> None:
        """See that consumers find it. Raises EngineError, OSError."""
