"""A run's trace, to whatever OpenTelemetry's variables name: sent once, when the run has ended."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager

from ops0.cli.tell import tell_warning
from ops0.integrations import otel
from ops0.runtime.events import Event, Listener
from ops0.runtime.watching.history import RunHistory


@contextmanager
def traced(listener: Listener | None) -> Iterator[Listener | None]:
    """The listener, which also remembers for the trace where one is wanted. A trace that is not taken is a warning."""
    if not otel.is_wanted(os.environ):
        yield listener
        return
    history = RunHistory()

    def both(event: Event) -> None:
        history.take(event)
        if listener is not None:
            listener(event)

    try:
        yield both
    finally:
        if history.calls:
            _send(history)


def _send(history: RunHistory) -> None:
    from ops0.runtime.watching.spans import spans_of  # noqa: PLC0415 - few runs are traced

    try:
        otel.send(history.view.run, tuple(spans_of(history)), os.environ)
    except otel.TraceFault as fault:
        tell_warning(f"the trace was not sent: {fault}", fault.hint)
