"""A line about what mostly takes no time, shown only where it does: nobody is to wait before a silent terminal."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock, Timer

import click

__all__ = ["told_if_slow"]


@contextmanager
def told_if_slow(text: str, after: float = 1.0) -> Iterator[None]:
    """Say on a terminal what goes on, where it goes on for longer than ``after`` seconds; then it is forgotten.

    Into a pipe nothing is said: how busy a machine is should change no log.
    """
    if not sys.stderr.isatty():
        yield
        return
    lock, passing = Lock(), os.environ.get("TERM") != "dumb"
    shown = over = False

    def show() -> None:
        nonlocal shown
        with lock:
            if not over:
                click.echo(text, err=True, nl=not passing)
                shown = True

    timer = Timer(after, show)
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()
        with lock:
            over = True
        if shown and passing:
            click.echo("\r\x1b[2K", err=True, nl=False, color=True)
