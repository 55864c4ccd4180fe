"""How a run looks: a tree of calls that moves on a terminal, plain lines elsewhere. rich is loaded when it is used."""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Iterator
from typing import TYPE_CHECKING, TextIO

from ops0.cli.show.one_line import plain
from ops0.cli.show.run_groups import SHOWN, counted, grouped, is_tenth
from ops0.core.graphs.spreading import of_item
from ops0.core.pipeline import CallId
from ops0.runtime.events import Event, EventKind
from ops0.runtime.monitoring import CallView, Phase, RunView

if TYPE_CHECKING:
    from rich.console import Console, RenderableType
    from rich.text import Text
    from typing_extensions import Self

_MARKS: dict[Phase, tuple[str, str]] = {
    "waiting": ("·", "dim"),
    "starting": ("◌", "cyan"),
    "running": ("▶", "bold cyan"),
    "pausing": ("↻", "yellow"),
    "done": ("✓", "green"),
    "failed": ("✗", "bold red"),
    "skipped": ("-", "dim"),
    "cancelled": ("-", "dim"),
}
_NAME_WIDTH = 40
_LINE_WIDTH = 500


class PlainProgress:
    """One line an event that matters: for logs and pipes."""

    def __init__(self, stream: TextIO) -> None:
        self._view, self._stream = RunView(), stream

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._stream.flush()

    def __call__(self, event: Event) -> None:
        """Show one event."""
        self._view.take(event)
        for line in plain_lines(self._view, event):
            self._stream.write(f"{line}\n")
        self._stream.flush()


class LiveProgress:
    """The tree. Events come on the run's thread, drawing happens on rich's: one lock between them."""

    def __init__(self, stream: TextIO) -> None:
        from rich.console import Console  # noqa: PLC0415 - rich is loaded when it is used
        from rich.live import Live  # noqa: PLC0415

        self._view, self._stream = RunView(), stream
        self._lock = threading.Lock()
        self._offset = time.monotonic()
        self._console: Console = Console(file=stream)
        self._live = Live(console=self._console, get_renderable=self._table, refresh_per_second=8)

    def __enter__(self) -> Self:
        self._live.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._live.stop()
        if self._view.state is not None:
            for warning in self._view.warnings:
                self._stream.write(f"warning: {plain(warning, _LINE_WIDTH)}\n")
            self._stream.write(f"{summary(self._view)}\n")

    def __call__(self, event: Event) -> None:
        """Show one event."""
        with self._lock:
            self._view.take(event)
            self._offset = time.monotonic() - event.at

    def _table(self) -> RenderableType:
        with self._lock:
            return _drawn(self._view, time.monotonic() - self._offset, self._console)


def _drawn(view: RunView, now: float, console: Console) -> RenderableType:
    from rich.console import Group  # noqa: PLC0415 - rich is loaded when it is used
    from rich.table import Table  # noqa: PLC0415
    from rich.text import Text  # noqa: PLC0415

    table = Table.grid(padding=(0, 1))
    for _ in range(4):
        table.add_column(no_wrap=True)
    rows = list(tree_rows(view))
    room = max(3, console.height - 3)
    if len(rows) > room:
        busy: tuple[Phase, ...] = ("running", "pausing", "failed", "starting")
        rows = [row for row in rows if row[1].phase in busy][:room]
        waiting, done = view.count("waiting"), view.count("done")
        table.add_row("", Text(f"{done} done, {waiting} waiting", style="dim"), "", "")
    cells = []
    for indent, call in rows:
        mark, style = _MARKS[call.phase]
        name = Text(f"{indent}{plain(call.call, _NAME_WIDTH)}", style=style)
        seconds = call.seconds(now)
        shown = "" if seconds is None else f"{seconds:6.1f} s"
        words = Text(_words(call), style="red" if call.phase == "failed" else "dim")
        cells.append((Text(mark, style=style), name, Text(shown, style="dim"), words))
    _fit(cells, console.width)
    for row in cells:
        table.add_row(*row)
    stopping = _stopping(view) if view.state is None else ""
    return (
        Group(table, Text(stopping, style="yellow", no_wrap=True, overflow="ellipsis"))
        if stopping
        else table
    )


def _fit(rows: list[tuple[Text, Text, Text, Text]], width: int) -> None:
    """Cut words, then names, so that all fits: rich would take from marks and seconds as well."""
    free = width - 3 - 1 - max((seconds.cell_len for _, _, seconds, _ in rows), default=0)
    longest = max((name.cell_len for _, name, _, _ in rows), default=0)
    names = max(1, min(longest, free * 2 // 3))
    for _, name, _, words in rows:
        name.truncate(names, overflow="ellipsis")
        words.truncate(max(0, free - names), overflow="ellipsis")


def tree_rows(view: RunView) -> Iterator[tuple[str, CallView]]:
    """Each call once, in order, below the last of the calls that it reads: (indent, call)."""
    children: dict[CallId | None, list[CallView]] = {}
    calls = grouped(view)
    order = {call.call: number for number, call in enumerate(calls)}
    for call in calls:
        parent = max(call.after, key=order.__getitem__, default=None)
        children.setdefault(parent, []).append(call)
    stack = [("", call) for call in reversed(children.get(None, []))]
    while stack:
        indent, call = stack.pop()
        yield indent, call
        below = children.get(call.call, [])
        # A chain stays on one level: only where the way parts does it go in.
        deeper = indent if len(below) == 1 else f"{indent}  "
        stack += [(deeper, child) for child in reversed(below)]


def _words(call: CallView) -> str:
    if call.phase in ("failed", "pausing", "skipped"):
        text = call.message
        if call.phase == "pausing":
            lost = f"attempt {call.number} failed" if call.went else "lost before it was told to go"
            text = f"{lost}: {text}"
    elif call.phase == "starting":
        text = f"attempt {call.number}, after {call.message}" if call.retried else "ready to run"
    elif call.phase == "running":
        again = f"attempt {call.number}: {call.line or f'after {call.message}'}"
        text = again if call.retried else call.line
        text = text or call.because
    elif call.phase == "done" and call.restored:
        text = f"not run, {call.because}"
    else:
        text = call.line if call.phase == "done" and not call.attempt else ""
    return plain(text, _LINE_WIDTH)


def plain_lines(view: RunView, event: Event) -> Iterator[str]:
    """What an event is worth in a log; ``view`` has it folded in already."""
    if event.kind == "run.ended":
        yield summary(view)
    elif event.kind == "run.resumed":
        yield f"going on with run {view.run}"
    elif event.kind == "run.stopping" and (stopping := _stopping(view)):
        yield stopping
    elif event.kind in ("alert.failed", "cache.dropped"):
        yield f"warning: {plain(view.warnings[-1], _LINE_WIDTH)}"
    elif event.kind == "call.spread":
        yield f"{plain(str(event.call), _NAME_WIDTH)}: {event.data['items']} items"
    mapped = of_item(event.call) if event.call is not None else None
    items = () if mapped is None else view.spread.get(mapped[0], ())
    if mapped is not None and len(items) > SHOWN:
        views = [view.calls[one] for one in items]
        if event.kind == "call.done" and is_tenth(views):
            yield f"{plain(mapped[0], _NAME_WIDTH)}: {counted(views)}"
        if event.kind not in ("call.failed", "attempt.failed"):
            return
    if event.call is not None and event.call in view.calls:
        words = _call_words(view, view.calls[event.call], event)
        if words:
            yield f"{plain(event.call, _NAME_WIDTH)}: {words}"


def _stopping(view: RunView) -> str:
    """What is told of a run that somebody has asked to end, or ""."""
    if view.stopping in view.calls:  # it stops since that call failed, whatever its name
        return ""
    if view.stopping == "interrupt twice":
        return "ending the steps that run now; what is done is kept"
    if view.stopping == "interrupt":
        return "stopping: the steps that run get a moment to end; once more to end them now"
    return ""


def _call_words(view: RunView, call: CallView, event: Event) -> str:
    """What is told of a call's event, or ""."""
    data, because = event.data, plain(call.because, _LINE_WIDTH)
    words: dict[EventKind, str] = {
        "attempt.adopted": "runs on, it was under way",
        "call.restored": f"not run, {because}",
        "call.failed": f"failed: {plain(call.message, _LINE_WIDTH)}",
        "call.skipped": f"skipped, {data.get('because')} failed",
    }
    if event.kind == "attempt.go":
        again = f" (attempt {call.number})" if call.retried else ""
        why = f" ({because})" if because and not call.retried else ""
        return f"running{again}{why}"
    if event.kind == "attempt.failed" and data["retry_in"] is not None:
        message = plain(str(data["message"]), _LINE_WIDTH)
        lost = f"attempt {call.number} failed" if call.went else "lost before it was told to go"
        return f"{lost}: {message}; again in {data['retry_in']:g} s"
    if event.kind == "attempt.done" and data["warning"]:
        return f"warning: {data['warning']}"
    if event.kind == "model.saved":
        alias = f" ({plain(str(data['alias']), _NAME_WIDTH)})" if data["alias"] else ""
        return f"kept model {plain(str(data['name']), _LINE_WIDTH)}@{data['version']}{alias}"
    if event.kind == "call.done" and not call.restored:
        return f"done in {call.seconds(view.at) or 0.0:.1f} s"
    return words.get(event.kind, "")


def summary(view: RunView) -> str:
    """``run ID finished: 5 of 5 calls in 3.2 s``."""
    restored = sum(call.restored for call in view.calls.values())
    told = [f"{restored} not run again"] if restored else []
    for phase in ("failed", "skipped", "cancelled"):
        number = view.count(phase)
        told += [f"{number} {phase}"] if number else []
    state = "finished" if view.state == "done" else str(view.state)
    counted = "calls" if state == "finished" else "done"
    count = f"{view.count('done')} of {len(view.calls)} {counted}"
    return f"run {view.run} {state}: {', '.join([count, *told])} in {view.at:.1f} s"


def run_progress(stream: TextIO | None = None) -> PlainProgress | LiveProgress:
    """The display that fits the stream (stderr): a context manager that takes events.

    ``with run_progress() as show: run_pipeline(pipeline, engine, on_event=show)``
    """
    stream = sys.stderr if stream is None else stream
    return LiveProgress(stream) if stream.isatty() else PlainProgress(stream)
