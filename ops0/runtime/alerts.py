"""Alerts: the host posts what a step returned, once its result is committed. No fault of them ends a run.

Each delivery has a thread of its own, so that nothing waits for it but the run's end, and that not for long. Threads
put what became of them into a queue; the log is written by the conductor's thread only.
"""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from queue import Empty, SimpleQueue

from ops0.core.errors import Ops0Error
from ops0.core.pipeline import Alert, CallId
from ops0.host.references import is_reference, read_reference
from ops0.integrations.sending import LIMIT, Message, SendFault, patiently
from ops0.runtime.engine import Job
from ops0.runtime.events import EventLog
from ops0.runtime.text import fit_text
from ops0.runtime.verdict import Done

Deliver = Callable[[Alert, Message], None]
_LONGEST = 3500


@dataclass(frozen=True, kw_only=True, slots=True)
class _Told:
    """What became of one alert. ``fault`` and ``hint``: None where it was delivered."""

    call: CallId
    attempt: int
    to: str
    fault: str | None = None
    hint: str | None = None


class Alerts:
    """The alerts of one run. ``after`` and ``finish`` are for the thread that owns the log."""

    def __init__(self, pipeline: str, log: EventLog, deliver: Deliver | None = None) -> None:
        self._pipeline, self._log, self._deliver = pipeline, log, deliver or deliver_alert
        self._told: SimpleQueue[_Told] = SimpleQueue()
        self._open = 0

    def after(self, job: Job, done: Done) -> None:
        """Begin to post what a step has returned, wherever its decorators say; nothing for None."""
        text = alert_text(done)
        if text is None:
            return
        message = Message(
            text=text, pipeline=self._pipeline, run=job.run, call=job.call, attempt=job.attempt
        )
        for alert in job.step.options.alerts:
            self._open += 1
            name = f"ops0 alert {job.call}"
            threading.Thread(
                target=self._post, args=(job, alert, message), name=name, daemon=True
            ).start()

    def finish(self, seconds: float = LIMIT + 15) -> None:
        """Wait for all that is under way, and write down what became of it."""
        until = time.monotonic() + seconds
        while self._open:
            try:
                told = self._told.get(timeout=max(0.0, until - time.monotonic()))
            except Empty:
                return
            self._open -= 1
            if told.fault is None:
                self._log.add("alert.sent", told.call, told.attempt, to=told.to)
            else:
                self._log.add(
                    "alert.failed",
                    told.call,
                    told.attempt,
                    to=told.to,
                    message=told.fault,
                    hint=told.hint,
                )

    def _post(self, job: Job, alert: Alert, message: Message) -> None:
        fault, hint = None, None
        try:
            patiently(lambda: self._deliver(alert, message))
        except (SendFault, Ops0Error) as found:
            fault, hint = str(found), found.hint
        except Exception as found:  # noqa: BLE001 - whatever a library raises: it must not end the run, nor be lost
            fault = f"{type(found).__name__} while it was sent"
        self._told.put(
            _Told(call=job.call, attempt=job.attempt, to=shown(alert), fault=fault, hint=hint)
        )


def alert_text(done: Done) -> str | None:
    """What is posted of a result: a text as it is, other plain data as JSON, all else as its preview; None: nothing."""
    if done.plain is None:
        text = done.manifest.value.preview
    else:
        try:
            value = json.loads(done.plain)
        except (ValueError, RecursionError):
            value = done.manifest.value.preview
        if value is None:
            return None
        text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    text = fit_text(text, _LONGEST + 1)
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"


def shown(alert: Alert) -> str:
    """Where an alert goes, for people: of a webhook only its host, for its path may be the key to it."""
    to = ", ".join(alert.to)
    if alert.kind == "webhook" and not is_reference(to):
        to = to.partition("://")[2].partition("/")[0].partition("?")[0]
    return f"{alert.kind} {to}"


def deliver_alert(alert: Alert, message: Message) -> None:
    """One try to deliver. Raises Later, SendFault, BadReference."""
    credential = None if alert.credential is None else read_reference(alert.credential)
    server = _meant(alert.server) if alert.server is not None else None
    if alert.kind == "slack":
        from ops0.integrations import slack  # noqa: PLC0415 - each sender loads what only it needs

        slack.send(message, channel=alert.to[0], token=credential or "", base_url=server)
    elif alert.kind == "webhook":
        from ops0.integrations import webhook  # noqa: PLC0415

        webhook.send(message, url=_meant(alert.to[0]), token=credential)
    else:
        from ops0.integrations import mail  # noqa: PLC0415

        user = None if alert.user is None else read_reference(alert.user)
        mail.send(
            message,
            to=alert.to,
            sender=alert.sender or "",
            server=server or "",
            user=user,
            password=credential,
        )


def _meant(text: str) -> str:
    return read_reference(text) if is_reference(text) else text
