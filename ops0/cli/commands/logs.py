"""``ops0 logs``: what the calls of a run printed."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from pathlib import Path

import click

from ops0.core.errors import RunError
from ops0.runtime.runs import find_run

_NAME = re.compile(r"(?P<call>.+)\.(?P<attempt>\d+)\.log")
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")


class NoLog(RunError):
    """A run has no log of such a call."""

    exit_code = 59

    def __init__(self, run: str, call: str, known: tuple[str, ...]) -> None:
        super().__init__(
            f"{run}: no log of {call}", f"there are logs of {', '.join(known) or 'no call'}"
        )
        self.run, self.call = run, call


@click.command("logs")
@click.argument("run")
@click.argument("call", required=False)
def command(run: str, call: str | None) -> None:
    """Show the log of a run's calls.

    Of all its calls, or of one CALL only. The run's id is what `ops0 runs` lists.
    """
    found = sorted(_logs(find_run(run).path / "logs"))
    wanted = [one for one in found if call is None or one[0] == call]
    if call is not None and not wanted:
        raise NoLog(run, call, tuple(sorted({one[0] for one in found})))
    for name, attempt, path in wanted:
        if len(wanted) > 1:
            click.echo(f"== {name}, attempt {attempt}", err=True)
        _show(path)


def _logs(folder: Path) -> Iterator[tuple[str, int, Path]]:
    for path in folder.glob("*.log"):
        match = _NAME.fullmatch(path.name)
        if match:
            yield match["call"], int(match["attempt"]), path


def _show(path: Path) -> None:
    """As it is into a pipe; on a terminal without what a log could do to it."""
    clean = sys.stdout.isatty()
    with path.open(encoding="utf-8", errors="replace", newline="\n") as stream:
        for line in stream:
            click.echo(_CONTROL.sub("", line) if clean else line, nl=False)
