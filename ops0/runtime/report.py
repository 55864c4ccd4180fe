"""What a run came to, as one value."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from ops0.core.pipeline import CallId, StepName
from ops0.runtime.errors import Failure
from ops0.runtime.outputs.manifest import Value
from ops0.runtime.outputs.results import Result
from ops0.runtime.runs import RunFolder, RunId
from ops0.runtime.states import CallState, RunState
from ops0.runtime.sweeping.cleanups import Hold


@dataclass(frozen=True, kw_only=True, slots=True)
class CallReport:
    """One call. ``seconds``: from its first go line to its end, retries and pauses included; None if it never went.

    because: why it ran, or did not, where that is not plain
    """

    call: CallId
    step: StepName
    state: CallState
    attempts: int
    seconds: float | None
    failure: Failure | None
    value: Value | None
    because: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Report:
    """One run. ``calls`` in the pipeline's order; ``results`` by call id, in the order of Pipeline.results.

    spread: what each mapped call became; its result is a list
    held: while somebody has this Report, what ``@ops0.cleanup_after`` removes stays
    """

    run: RunId
    pipeline: str
    state: RunState
    seconds: float
    calls: tuple[CallReport, ...]
    results: Mapping[CallId, Result]
    folder: RunFolder
    spread: Mapping[CallId, tuple[CallId, ...]] = field(default_factory=dict)
    held: Hold | None = field(default=None, repr=False, compare=False)
