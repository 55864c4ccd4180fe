"""What one attempt says by the protocol: kept where its verdict needs it, passed on where only the log does."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

from ops0.core.api.tracking import MOST_METRICS
from ops0.runtime.engine import Job
from ops0.runtime.errors import Failure
from ops0.runtime.execution.messages import Noted, Post, Ready
from ops0.runtime.execution.verdict import parse_failure, parse_metric, parse_seconds, parse_used
from ops0.runtime.outputs.announced import Announced
from ops0.runtime.outputs.manifest import told_manifest
from ops0.runtime.outputs.told import Told, told_files


class ProtocolReader:
    """Hears one attempt, on one thread.

    hide:  takes secrets out of a text;  show: gets what is not the protocol, as if it had been printed
    said:  its ``failed``;  told: the manifest of its ``done``, as bytes;  files: those that came with it
    ready: it has imported its module
    last:  its ``done`` was its last word: nothing of it can run any more, but for the end of its process
    """

    def __init__(
        self, job: Job, hide: Callable[[str], str], post: Post, show: Callable[[str], None]
    ) -> None:
        self._job, self._hide, self._post, self._show = job, hide, post, show
        self.said: Failure | None = None
        self.told: bytes | None = None
        self.files: Told | None = None
        self.ready = self.last = False
        self.announced = Announced()
        self.on_ready: Callable[[], None] | None = None
        self._metrics = 0
        self._ended = False

    def whole(self) -> bool:
        """Whether it has said how it ended."""
        return self.told is not None or self.said is not None

    def line(self, line: str) -> None:
        """One line of the protocol, or what somebody wrote in its place."""
        try:
            said = json.loads(line)
            event = said["event"]
        except (ValueError, TypeError, KeyError, RecursionError):
            self._show(line)
            return
        try:
            self._take(event, said)
        except Exception:  # noqa: BLE001 - whoever writes a line must not end the thread that reads it
            self._show(line)

    def _take(self, event: object, said: Mapping[str, Any]) -> None:
        if event == "ready" and not self.ready:
            self._is_ready(said.get("seconds"))
        elif event == "metric":
            self._metric(said)
        elif event == "artifact":
            self.announced.hear(said)
        elif event in ("done", "failed") and not self._ended:
            self._end(event, said)

    def _end(self, event: object, said: Mapping[str, Any]) -> None:
        """Take the first end that is told. Each would be logged: it may be told a million times."""
        self._ended = True
        if event == "failed":
            self.said = parse_failure(said.get("failure"), self._hide)
        else:
            self.told, self.files = told_manifest(said), told_files(said)
            self.last = said.get("last") is True
        if used := parse_used(said.get("usage")):
            self._post(Noted(self._job, "attempt.used", used))

    def _is_ready(self, seconds: object) -> None:
        self.ready = True
        if self.on_ready is not None:
            self.on_ready()
        self._post(Ready(self._job, parse_seconds(seconds) or 0.0))

    def _metric(self, said: Mapping[str, object]) -> None:
        self._metrics += 1
        told = parse_metric(said, self._hide)
        if told is not None and self._metrics <= MOST_METRICS:
            self._post(Noted(self._job, "attempt.metric", told))
        elif self._metrics == MOST_METRICS + 1:
            self._show(f"ops0: more than {MOST_METRICS} metrics, the others are not kept")
