"""How a push looks: a bar on a terminal, else a line for each blob that was sent. rich is loaded when it is used."""

from __future__ import annotations

import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, TextIO

from ops0.cli.show.plan import size_text

if TYPE_CHECKING:
    from ops0_builder.registry.blobs import OnPush, PushEvent


def push_line(event: PushEvent) -> str:
    """One event in a few words."""
    if not event.of_blobs:
        return "the registry has every layer"
    done, whole = size_text(event.bytes), size_text(event.of_bytes)
    return f"{event.blobs} of {event.of_blobs} blobs sent, {done} of {whole}"


@contextmanager
def push_progress(stream: TextIO | None = None) -> Iterator[OnPush]:
    """The display that fits the stream (stderr), as a function that takes events from any thread."""
    stream = sys.stderr if stream is None else stream
    lock = threading.Lock()
    if not stream.isatty():
        told: set[int] = set()

        def write(event: PushEvent) -> None:
            with lock:
                if event.blobs not in told:
                    told.add(event.blobs)
                    stream.write(f"{push_line(event)}\n")
                    stream.flush()

        yield write
        return
    from rich.console import Console  # noqa: PLC0415 - rich is loaded when it is used
    from rich.status import Status  # noqa: PLC0415

    with Status("asking the registry", console=Console(file=stream)) as status:
        yield lambda event: status.update(push_line(event))
