"""What is known of one call while its run goes on."""

from __future__ import annotations

from dataclasses import dataclass

from ops0.core.pipeline import JsonValue
from ops0.runtime.errors import CallFailed, Failure
from ops0.runtime.execution.verdict import Done
from ops0.runtime.execution.worker import Worker
from ops0.runtime.keeping.lookups import Keeping


@dataclass(kw_only=True, slots=True)
class LiveCall:
    """One call. Times on the conductor's clock; ``up`` of the current attempt, ``begun`` of the first go line.

    retrying: the failure of the last attempt while the next one is still to come
    output:   the attempt whose folder consumers read;  looked: a cached result has been looked for
    keeping:  how its result is to be kept;  because: why it ran or did not, where that is not plain
    went:     how many of its attempts were told to go
    before:   attempts that do not count against its retries: see PastCall
    """

    attempts: int = 0
    lost: int = 0
    before: int = 0
    went: int = 0
    output: int = 0
    looked: bool = False
    keeping: Keeping | None = None
    because: str | None = None
    up: float = 0.0
    ready: bool = False
    begun: float | None = None
    ended: float | None = None
    worker: Worker | None = None
    done: Done | None = None
    failure: Failure | None = None
    retrying: CallFailed | None = None

    def seconds(self, now: float) -> float | None:
        """From its first go line to its end (or now), pauses included; None if it never went."""
        return None if self.begun is None else round((self.ended or now) - self.begun, 6)


def failure_data(failure: Failure) -> dict[str, JsonValue]:
    """What the event log says of a failure."""
    return {
        "kind": failure.kind,
        "message": failure.fact,
        "where": failure.where,
        "hint": failure.hint,
        "traceback": failure.traceback,
    }
