"""Alerts: the host posts what a step returned, once its result is committed, and that a run has failed.

No fault of theirs ends a run. Each delivery has a thread of its own, so that nothing waits for it but the run's end,
and that not for long. Threads put what became of them into a queue; the log is written by the conductor's thread only.
"""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from queue import Empty, SimpleQueue

from ops0.core.errors import Ops0Error
from ops0.core.pipeline import CallId, Pipeline
from ops0.core.step_options import Alert
from ops0.integrations.sending import LIMIT, Message, SendFault, patiently
from ops0.runtime.alerting.delivery import Credentials, Read, deliver_alert, shown
from ops0.runtime.engine import Job
from ops0.runtime.events import EventLog
from ops0.runtime.outputs.text import fit_text

Deliver = Callable[[Alert, Message, Read], None]
_LONGEST = 3500


@dataclass(frozen=True, kw_only=True, slots=True)
class Posting:
    """What a run is told of alerts beside what its steps say.

    folder:     what relative paths of ``file:`` start from
    on_failure: who is told that a run has failed, as the settings have it
    """

    folder: Path
    on_failure: tuple[Alert, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class _Told:
    """What became of one alert. ``fault`` and ``hint``: None where it was delivered."""

    message: Message
    to: str
    fault: str | None = None
    hint: str | None = None

    @property
    def call(self) -> CallId | None:
        return None if self.message.call is None else CallId(self.message.call)


class Alerts:
    """The alerts of one run. ``after``, ``failed`` and ``finish`` are for the thread that owns the log."""

    def __init__(
        self, pipeline: Pipeline, posting: Posting, log: EventLog, deliver: Deliver | None = None
    ) -> None:
        self._pipeline, self._log, self._deliver = pipeline.name, log, deliver or deliver_alert
        self._on_failure = posting.on_failure
        every = [alert for step in pipeline.steps for alert in step.options.alerts]
        self._credentials = Credentials([*every, *posting.on_failure], posting.folder)
        self._told: SimpleQueue[_Told] = SimpleQueue()
        self._open = 0

    def after(self, job: Job, preview: str, plain: bytes | None) -> None:
        """Begin to post what a step has returned, wherever its decorators say; nothing for None. See alert_text."""
        text = alert_text(preview, plain)
        if text is None:
            return
        message = Message(
            text=text, pipeline=self._pipeline, run=job.run, call=job.call, attempt=job.attempt
        )
        self._begin(job.step.options.alerts, message)

    def failed(self, run: str, faults: Sequence[BaseException]) -> None:
        """Begin to post that the run has failed, wherever the settings say; nothing without a fault."""
        if faults:
            text = failure_text(self._pipeline, run, faults)
            self._begin(self._on_failure, Message(text=text, pipeline=self._pipeline, run=run))

    def finish(self, seconds: float = LIMIT + 15) -> None:
        """Wait for all that is under way, and write down what became of it."""
        until = time.monotonic() + seconds
        while self._open:
            try:
                told = self._told.get(timeout=max(0.0, until - time.monotonic()))
            except Empty:
                return
            self._open -= 1
            call, attempt = told.call, told.message.attempt
            if told.fault is None:
                self._log.add("alert.sent", call, attempt, to=told.to)
                continue
            self._log.add(
                "alert.failed", call, attempt, to=told.to, message=told.fault, hint=told.hint
            )

    def _begin(self, alerts: Sequence[Alert], message: Message) -> None:
        for alert in alerts:
            self._open += 1
            threading.Thread(
                target=self._post, args=(alert, message), name="ops0 alert", daemon=True
            ).start()

    def _post(self, alert: Alert, message: Message) -> None:
        fault, hint = None, None
        try:
            patiently(lambda: self._deliver(alert, message, self._credentials.read))
        except (SendFault, Ops0Error) as found:
            fault, hint = str(found), found.hint
        except Exception as found:  # noqa: BLE001 - whatever a library raises: it must not end the run, nor be lost
            fault = f"{type(found).__name__} while it was sent"
        self._told.put(_Told(message=message, to=shown(alert), fault=fault, hint=hint))


def alert_text(preview: str, plain: bytes | None) -> str | None:
    """What is posted of a result: a text as it is, other plain data as JSON, all else as its preview; None: nothing.

    plain: the result as JSON, where it is small plain data
    """
    if plain is None:
        text = preview
    else:
        try:
            value = json.loads(plain)
        except (ValueError, RecursionError):
            value = preview
        if value is None:
            return None
        text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return _shortened(text)


def failure_text(pipeline: str, run: str, faults: Sequence[BaseException]) -> str:
    """What is posted of a run that failed: of each fault its first line, and how to see more."""
    lines = [f"{pipeline}: run {run} failed"]
    for fault in faults:
        # Of what is no fault of ours nobody knows what its text holds.
        text = str(fault) if isinstance(fault, Ops0Error) else type(fault).__name__
        lines.append(text.partition("\n")[0])
    return _shortened("\n".join([*lines, f"ops0 logs {run}"]))


def _shortened(text: str) -> str:
    text = fit_text(text, _LONGEST + 1)
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"
