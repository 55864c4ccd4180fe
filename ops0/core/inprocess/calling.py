"""One step called in this process, with all that its decorators say. Host only.

Its secrets, its folder for temporary files, its time and its attempts hold until its result is there: an iterator
that it gives is run to its end here, as where values are stored.
"""

from __future__ import annotations

import signal
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from types import FunctionType
from typing import Any

from ops0.core.api import signature
from ops0.core.api.attempts import retry_delay
from ops0.core.api.marks import options_of
from ops0.core.api.model import PARAMETER
from ops0.core.api.this_attempt import ThisAttempt, new_key, within
from ops0.core.errors import RunError
from ops0.core.inprocess.items import anew, held, result_held
from ops0.core.inprocess.scratch import temporary_files_in
from ops0.core.inprocess.variables import variables_set
from ops0.core.models.store import read_model

__all__ = ["StepTimeout", "Supplies", "call_step", "step_name"]


class StepTimeout(RunError):
    """A step that took longer than its ``@ops0.timeout``."""

    exit_code = 53

    def __init__(self, step: str, limit: float) -> None:
        super().__init__(
            f"step '{step}' did not end within {limit:g} s",
            "raise @ops0.timeout(...) or make the step faster",
        )
        self.step, self.limit = step, limit


@dataclass(frozen=True, kw_only=True, slots=True)
class Supplies:
    """What the steps of a run get beside their arguments, by step's name.

    secrets: environment variable -> value;  scratch: a folder for temporary files
    """

    secrets: Mapping[str, Mapping[str, str]]
    scratch: Mapping[str, str]


def call_step(
    step: FunctionType, supplies: Supplies, args: tuple[Any, ...], named: Mapping[str, Any]
) -> Any:
    """Call a step with these arguments, as often as its ``@ops0.retry`` says.

    returns: its result, the iterators in it run to their end
    raises:  StepTimeout; NoModel, InputFault for its model; what the last attempt raised
    """
    name, options = step_name(step), options_of(step)
    wanted = options.get("model.load")
    names = signature.parameter_names(step)
    if wanted is not None and PARAMETER not in {*names[: len(args)], *named}:
        named = {**named, PARAMETER: read_model(wanted)}
    if "retry" in options:  # an attempt uses iterators up, and the next one needs them whole
        args, named = held(args), held(dict(named))
    with (
        variables_set(supplies.secrets.get(name, {})),
        temporary_files_in(supplies.scratch.get(name)),
    ):
        return _attempts(name, options, lambda: step(*anew(args), **anew(dict(named))))


def step_name(step: FunctionType) -> str:
    """What a step is called."""
    name: str = step.__dict__["__ops0_name__"]
    return name


def _attempts(name: str, options: Mapping[str, Any], call: Callable[[], Any]) -> Any:
    """Make attempts until one gives a result; the last one's exception is the step's."""
    retry = options.get("retry", {"max_attempts": 1, "backoff": 0.0, "on": ()})
    limit, last, key = options.get("timeout"), retry["max_attempts"], new_key()
    for attempt in range(1, last):
        try:
            with within(ThisAttempt("", name, attempt, key)):
                return _attempt(name, limit, call)
        except Exception as fault:  # noqa: PERF203 - the user's own; the last attempt's is raised below
            if retry["on"] and not isinstance(fault, (*retry["on"], StepTimeout)):
                raise
            time.sleep(retry_delay(retry["backoff"], attempt))
    with within(ThisAttempt("", name, last, key)):
        return _attempt(name, limit, call)


def _attempt(name: str, limit: float | None, call: Callable[[], Any]) -> Any:
    if limit is None:
        return result_held(call())
    started = time.monotonic()
    with _alarm(StepTimeout(name, limit), limit):
        result = result_held(call())
    if time.monotonic() - started > limit:
        raise StepTimeout(name, limit)
    return result


@contextmanager
def _alarm(fault: StepTimeout, limit: float) -> Iterator[None]:
    """Raise a fault in the block after ``limit`` seconds. Off the main thread only the end is checked."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def ring(*_: object) -> None:
        raise fault

    before = signal.signal(signal.SIGALRM, ring)
    signal.setitimer(signal.ITIMER_REAL, limit)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
