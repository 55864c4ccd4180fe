"""One line about what takes long, on stderr: replaced in place on a terminal, line by line elsewhere."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import click


@contextmanager
def saying() -> Iterator[Callable[[str], None]]:
    """Give a function that shows one line. On a terminal a spinner turns beside the newest one."""
    if not sys.stderr.isatty():
        yield lambda text: click.echo(text, err=True)
        return
    from rich.console import Console  # noqa: PLC0415 - costs more than most commands take
    from rich.status import Status  # noqa: PLC0415

    status: Status | None = None

    def show(text: str) -> None:
        nonlocal status
        if status is None:
            status = Status(text, console=Console(stderr=True))
            status.start()
        status.update(text)

    try:
        yield show
    finally:
        if status is not None:
            status.stop()
