"""``ops0 logs``: what the calls of a run printed, or are printing, and how those that failed did."""

from __future__ import annotations

import sys
from collections.abc import Collection, Iterable, Iterator, Sequence
from pathlib import Path

import click

from ops0.cli.completions import complete_run_or_call
from ops0.cli.options import examples
from ops0.cli.which_run import meant_run, newest_here, newest_of, tell_which
from ops0.core.errors import RunError
from ops0.core.near import did_you_mean
from ops0.core.pipeline import CallId
from ops0.runtime.events import Event, read_events
from ops0.runtime.monitoring import RunView, still_runs, view_run
from ops0.runtime.outputs.text import fit_text
from ops0.runtime.runs import RunFolder, find_logs, is_run_id
from ops0.runtime.watching.failures import failure_lines
from ops0.runtime.watching.following import Follower, LogLine

_COLOURS = ("cyan", "yellow", "green", "magenta", "blue", "bright_cyan", "bright_yellow")


class NoLog(RunError):
    """A run has no log of such a call."""

    exit_code = 59

    def __init__(self, run: str, call: str, known: Sequence[str]) -> None:
        listed = f"there are logs of {', '.join(known) or 'no call'}"
        super().__init__(f"{run}: no log of {call}", did_you_mean(call, known, listed))
        self.run, self.call = run, call


@click.command(
    "logs", epilog=examples("ops0 logs", "ops0 logs train", "ops0 logs flow.py", "ops0 logs -f")
)
@click.argument("run", required=False, shell_complete=complete_run_or_call)
@click.argument("call", required=False)
@click.option(
    "-f", "--follow", is_flag=True, help="Print new lines as they come, until the run ends."
)
def command(run: str | None, call: str | None, follow: bool) -> None:
    """Show the log of a run's calls.

    Of all its calls, or of one CALL only; the name of a step stands for all its calls. A failed attempt's log ends with
    its traceback. RUN is an id that `ops0 runs` lists, or a pipeline for its newest run; left out, it is the newest run
    of this project.
    """
    folder, call = _meant(run, call)
    view = view_run(folder.events)
    calls = None if call is None else _calls(folder, view, call)
    if follow and view.state is None:
        _follow(folder, calls)
    else:
        _show_all(folder, view, calls, call)
        if view.state is None and still_runs(folder):
            click.echo(f"{folder.path.name} goes on; follow it with -f", err=True)


def _meant(run: str | None, call: str | None) -> tuple[RunFolder, str | None]:
    """``ops0 logs train`` means a call of the newest run, else the newest run of that pipeline. Raises NoRun, NoLog."""
    if run is None or call is not None or is_run_id(run):
        return meant_run(run), call
    newest = newest_here()
    known = view_run(newest.events).calls.values()
    is_call = run in {name for one in known for name in (one.call, one.step)}
    other = None if is_call else newest_of(run)
    return (tell_which(newest), run) if other is None else (tell_which(other), None)


def _calls(folder: RunFolder, view: RunView, name: str) -> frozenset[CallId]:
    """The calls that a name means. Raises NoLog."""
    if name in view.calls:
        return frozenset({CallId(name)})
    found = frozenset(call.call for call in view.calls.values() if call.step == name)
    if not found:
        raise NoLog(folder.path.name, name, tuple(view.calls))
    return found


def _show_all(
    folder: RunFolder, view: RunView, calls: Collection[CallId] | None, asked: str | None
) -> None:
    order = {name: number for number, name in enumerate(view.calls)}
    found = [one for one in find_logs(folder) if calls is None or one[0] in calls]
    found.sort(key=lambda one: (order.get(one[0], len(order)), one[1]))
    if asked is not None and not found:
        known = sorted({call for call, _, _ in find_logs(folder)})
        raise NoLog(folder.path.name, asked, known)
    events = tuple(read_events(folder.events))
    failures = {
        (event.call, event.attempt): failure_lines(event)
        for event in events
        if event.kind == "attempt.failed" and (calls is None or event.call in calls)
    }
    gone = _unneeded(events)
    found = [one for one in found if one[:2] not in gone or one[2].stat().st_size] or found
    for name, attempt, path in found:
        if len(found) > 1:
            click.echo(f"== {name}, attempt {attempt}", err=True)
        _show(path)
        if not path.stat().st_size:
            click.echo("(printed nothing)", err=True)
        for line in failures.get((name, attempt), ()):
            _print(line)


def _unneeded(events: Iterable[Event]) -> set[tuple[CallId | None, int | None]]:
    """The attempts that stood ready only: dismissed, or left by an ops0 that was killed before it told them to go."""
    starting: dict[CallId | None, int | None] = {}
    found: set[tuple[CallId | None, int | None]] = set()
    for event in events:
        if event.kind == "attempt.dismissed":
            found.add((event.call, event.attempt))
        elif event.kind in ("attempt.go", "attempt.failed"):
            starting.pop(event.call, None)
        elif event.kind == "attempt.starting":
            if event.call in starting:
                found.add((event.call, starting[event.call]))
            starting[event.call] = event.attempt
    return found


def _show(path: Path) -> None:
    with path.open(encoding="utf-8", errors="replace", newline="\n") as stream:
        for line in stream:
            _print(line.removesuffix("\n"))


def _follow(folder: RunFolder, calls: Collection[CallId] | None) -> None:
    """Each line as it comes, behind its call's name where there may be several; how it ended on stderr."""
    follower = Follower(folder, calls)
    alone = calls is not None and len(calls) == 1
    shown = _alone if alone else _named
    for prefix, line in shown(follower.lines()):
        _print(line.text, prefix)
    if follower.view.state is None:
        click.echo(f"run {folder.path.name}: killed", err=True)
    else:
        from ops0.cli.progress.run import summary  # noqa: PLC0415 - only at the end

        click.echo(summary(follower.view), err=True)


def _alone(lines: Iterator[LogLine]) -> Iterator[tuple[str, LogLine]]:
    """One call's lines are its own text; another attempt is told beside them."""
    attempt = 1
    for line in lines:
        if line.attempt != attempt:
            attempt = line.attempt
            click.echo(f"== {line.call}, attempt {attempt}", err=True)
        yield "", line


def _named(lines: Iterator[LogLine]) -> Iterator[tuple[str, LogLine]]:
    colours: dict[CallId, str] = {}
    width = 0
    for line in lines:
        colour = colours.setdefault(line.call, _COLOURS[len(colours) % len(_COLOURS)])
        name = line.call if line.attempt == 1 else f"{line.call}.{line.attempt}"
        width = max(width, len(name))
        yield click.style(f"{name:<{width}} | ", fg=colour), line


def _print(text: str, prefix: str = "") -> None:
    """As it is into a pipe, where click leaves the colours out; on a terminal without what a log could do to it."""
    if sys.stdout.isatty():
        text = fit_text(text, len(text))
    click.echo(f"{prefix}{text}")
