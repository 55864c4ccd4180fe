"""How a build looks: one line an image on a terminal, plain lines elsewhere. rich is loaded when it is used."""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TextIO

from ops0.cli.show.one_line import plain
from ops0.core.few import few
from ops0.core.pipeline import StepName
from ops0.core.plan import UNSTAGED, Plan
from ops0_builder.building.build_events import BuildEvent, ImageProgress
from ops0_builder.engine.rawjson import Instruction

if TYPE_CHECKING:
    from types import TracebackType

    from rich.live import Live
    from rich.table import Table
    from typing_extensions import Self

_COUNTS_WIDTH = 14  # 12/34  100.5 s
_NAMED = 3
"""Images that are named of a layer: the layer comes first, so that each line begins with what it is of."""
_STORING = "storing the image"
_WORDS = {
    "waiting": "waiting for another build of this pipeline",
    "found": "made by the other build",
    "staging": "preparing",
    "building": "building",
    "proving": "importing what it needs, without a network",
    "reading": "reading whether what it needs is there, nothing is run",
    "proved": "proved",
    "ready": "ready",
}


@dataclass
class ImageLine:
    """What is known of one image.

    layers:  how many it stands on, apart from its base and code;  ended: the stages of those that are made
    running: what BuildKit is at for it, by the instruction's id, in words
    """

    step: StepName
    layers: int
    started: float
    state: str = "staging"
    running: dict[str, str] = field(default_factory=dict)
    ended: set[str] = field(default_factory=set)
    seconds: float = 0.0

    @property
    def now(self) -> str:
        """What is said of it: what was begun last and still runs, else how far it is as a whole.

        To store images is nobody's instruction: BuildKit does not name the image, and begins when its layers are there.
        """
        if self.running:
            return next(reversed(self.running.values()))
        stored = self.state == "building" and len(self.ended) >= self.layers
        return _STORING if stored else _WORDS[self.state]


class BuildBoard:
    """The state of a build, folded from its events; the displays only read it. Not for several threads at once."""

    def __init__(self, plan: Plan, titles: Mapping[str, str], clock: Callable[[], float]) -> None:
        self._plan, self._titles, self._clock = plan, titles, clock
        self.lines: dict[StepName, ImageLine] = {}
        self._storing = False
        self._told: set[str] = set()

    def take(self, event: BuildEvent) -> tuple[str, ...]:
        """Fold one event in; gives what is worth a line in a log."""
        if isinstance(event, ImageProgress):
            return self._stage(event)
        if isinstance(event, Instruction):
            return self._instruction(event)
        return ()  # logs and bytes: a failure shows its log itself

    def _stage(self, event: ImageProgress) -> tuple[str, ...]:
        line = self.lines.get(event.step)
        if line is None:
            layers = self._plan.image(event.step).layers
            count = sum(layer.kind not in UNSTAGED for layer in layers)
            line = ImageLine(step=event.step, layers=count, started=self._clock())
            self.lines[event.step] = line
        line.state = event.state
        line.running.clear()
        line.seconds = self._clock() - line.started
        if event.state == "ready":
            return (f"{event.step}: ready after {line.seconds:.1f} s",)
        return (f"{event.step}: {_WORDS[event.state]}",) if event.state != "proved" else ()

    def _instruction(self, event: Instruction) -> tuple[str, ...]:
        title = self._titles.get(event.stage, "")
        for step in event.steps:
            line = self.lines.get(step)
            if line is None:
                continue
            if event.state == "started":
                line.running[event.id] = title or _work(event)
                continue
            line.running.pop(event.id, None)
            if title and event.text.startswith("RUN"):
                line.ended.add(event.stage)
        if event.state == "started" and _stores(event) and not event.steps and not self._storing:
            self._storing = True
            return ("the images: storing them on the engine",)
        whose = few(event.steps, _NAMED)
        if event.state == "failed" and title:
            return (f"layer {title}: failed, in {whose}",)
        if event.state == "failed":
            return (f"{whose or 'build'}: failed: {plain(event.text)}",)
        if event.state == "missed":
            return (f"no cache: {plain(event.text)}: {plain(event.fact, 200)}",)
        # Images are put together in rounds, and a layer that they share comes in each.
        anew = event.state == "cached" and event.stage not in self._told
        if title and event.text.startswith("RUN") and (anew or event.state == "done"):
            self._told.add(event.stage)
            how = "from the cache" if event.state == "cached" else f"{event.seconds:.1f} s"
            return (f"layer {title}: {how}, in {whose}",)
        return ()


def _work(event: Instruction) -> str:
    """BuildKit's own work in a few words."""
    if event.stage == "image":
        return "putting its layers together"
    return _STORING if _stores(event) else plain(event.text)


def _stores(event: Instruction) -> bool:
    return event.text.startswith("exporting to ")


def _stage_titles(plan: Plan) -> Mapping[str, str]:
    """What each build stage is for people: ``pandas 2.2.1``."""
    from ops0_builder.planning.tree import layer_name  # noqa: PLC0415 - only where something is built

    return {
        layer_name(layer): layer.title
        for image in plan.images
        for layer in image.layers
        if layer.kind not in UNSTAGED
    }


class PlainProgress:
    """One line an event: for logs and pipes."""

    def __init__(self, plan: Plan, stream: TextIO) -> None:
        self._board = BuildBoard(plan, _stage_titles(plan), time.monotonic)
        self._stream, self._lock = stream, threading.Lock()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._stream.flush()

    def __call__(self, event: BuildEvent) -> None:
        """Show one event."""
        with self._lock:
            for line in self._board.take(event):
                self._stream.write(f"{line}\n")
            self._stream.flush()


class LiveProgress:
    """A table that moves: an image, how far it is, what runs now, how long it took."""

    def __init__(self, plan: Plan, stream: TextIO) -> None:
        from rich.console import Console  # noqa: PLC0415 - rich is loaded when it is used
        from rich.live import Live  # noqa: PLC0415

        self._board = BuildBoard(plan, _stage_titles(plan), time.monotonic)
        self._lock = threading.Lock()
        self._console = Console(file=stream)  # before Live, which asks for the table at once
        self._live: Live = Live(
            console=self._console, get_renderable=self._table, refresh_per_second=8
        )

    def __enter__(self) -> Self:
        self._live.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        fault: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._live.stop()

    def __call__(self, event: BuildEvent) -> None:
        """Show one event."""
        with self._lock:
            self._board.take(event)

    def _table(self) -> Table:
        from rich.spinner import Spinner  # noqa: PLC0415 - rich is loaded when it is used
        from rich.table import Table  # noqa: PLC0415
        from rich.text import Text  # noqa: PLC0415

        table = Table.grid(padding=(0, 2))
        with self._lock:
            lines = [(one, len(one.ended)) for one in self._board.lines.values()]
        longest = max((len(one.step) for one, _ in lines), default=0)
        for width in (1, longest, _COUNTS_WIDTH):
            table.add_column(no_wrap=True, min_width=width)
        table.add_column(no_wrap=True)
        room = max(1, self._console.width - 6 - 1 - longest - _COUNTS_WIDTH)
        for line, ended in lines:
            ready = line.state in ("ready", "found")
            mark = Text("✓", style="green") if ready else Spinner("dots", style="cyan")
            seconds = line.seconds if ready else time.monotonic() - line.started
            words = Text(plain(line.now), style="green" if ready else "")
            words.truncate(room, overflow="ellipsis")  # rich would take from the marks as well
            table.add_row(
                mark,
                Text(line.step),
                Text(f"{min(ended, line.layers)}/{line.layers}  {seconds:5.1f} s", style="dim"),
                words,
            )
        return table


def build_progress(plan: Plan, stream: TextIO | None = None) -> PlainProgress | LiveProgress:
    """The display that fits the stream (stderr): a context manager that takes events.

    ``with build_progress(plan) as show: build_images(…, on_event=show)``
    """
    stream = sys.stderr if stream is None else stream
    return LiveProgress(plan, stream) if stream.isatty() else PlainProgress(plan, stream)
