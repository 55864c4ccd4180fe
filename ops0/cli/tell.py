"""Errors, warnings and hints on stderr, fitted to the terminal."""

from __future__ import annotations

import sys

import click

from ops0.cli.colour import colour
from ops0.cli.terminal import columns, filled

__all__ = ["tell_error", "tell_hint", "tell_warning"]

_COLOURS = {"error": ("red", True), "warning": ("yellow", False), "hint": ("cyan", False)}


def tell_error(text: str, hint: str | None) -> None:
    """What is wrong, and on a line of its own what to do. Of several lines only the first is fitted."""
    _tell("error", text, hint)


def tell_warning(text: str, hint: str | None) -> None:
    """The same for what is only to be known."""
    _tell("warning", text, hint)


def tell_hint(text: str) -> None:
    """What can be done, where the fact is told already."""
    _line("hint", text)


def _tell(kind: str, text: str, hint: str | None) -> None:
    first, line, rest = text.partition("\n")
    _line(kind, first, line + rest)
    if hint:
        _line("hint", hint)


def _line(kind: str, text: str, rest: str = "") -> None:
    hue, bold = _COLOURS[kind]
    label = f"{kind}:"
    indent = len(label) + 1
    shown = filled(text, columns(sys.stderr), indent)
    styled = click.style(label, fg=hue, bold=bold)
    click.echo(f"{styled} {shown}{rest}", err=True, color=colour())
