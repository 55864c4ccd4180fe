"""``report_page``: the folder of a run to one page of HTML."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import cast

from jinja2 import Environment, FileSystemLoader, StrictUndefined

import ops0
from ops0.core.pipeline import JsonValue
from ops0.runtime.events import read_events
from ops0.runtime.monitoring import still_runs
from ops0.runtime.page.charts import HEIGHT, WIDTH
from ops0.runtime.page.graph import HEIGHT as NODE_HEIGHT
from ops0.runtime.page.graph import WIDTH as NODE_WIDTH
from ops0.runtime.page.overview import overview
from ops0.runtime.page.sections import shown_calls
from ops0.runtime.page.timeline import ticks
from ops0.runtime.page.words import size_words, time_words
from ops0.runtime.runs import RunFolder
from ops0.runtime.watching.history import RunHistory, history_of

_HERE = Path(__file__).parent


@dataclass(frozen=True, kw_only=True, slots=True)
class ImageShown:
    """An image that a step ran in. ``size`` in bytes, unpacked; ``layers``: size and title, from the lowest up."""

    reference: str
    size: int
    layers: tuple[tuple[int, str], ...]


def report_page(folder: RunFolder, images: Mapping[str, ImageShown]) -> str:
    """The page of a run, also of one that goes on. Everything in it that a step or a user chose is escaped.

    images: by what the event log calls them; those that are not there are named without sizes
    raises: RunLogFault
    """
    history = history_of(read_events(folder.events))
    calls = shown_calls(folder, history)
    after: Mapping[str, Sequence[str]] = {
        call.view.call: call.view.after for call in history.calls.values()
    }
    style, script = _part("page.css"), _part("page.js")
    text: str = (
        _environment()
        .get_template("page.html.j2")
        .render(
            version=ops0.__version__,
            run=folder.path.name,
            history=history,
            view=history.view,
            state=_state(folder, history),
            tiles=_tiles(history),
            params=_params(history),
            calls=calls,
            failed=[one for one in calls if one.phase in ("failed", "pausing")],
            graph=overview(calls, after),
            node=(NODE_WIDTH, NODE_HEIGHT),
            ticks=ticks(history.view.at),
            chart=(WIDTH, HEIGHT),
            images=_images(history, images),
            style=style,
            script=script,
            script_hash=base64.b64encode(hashlib.sha256(script.encode()).digest()).decode(),
        )
    )
    return text


def _state(folder: RunFolder, history: RunHistory) -> str:
    return history.view.state or ("running" if still_runs(folder) else "killed")


def _tiles(history: RunHistory) -> tuple[tuple[str, str, str], ...]:
    """Title, figure, and what stands below it."""
    view = history.view
    attempts = [one for call in history.calls.values() for one in call.attempts if one.go]
    done, failed = view.count("done"), view.count("failed")
    other = view.count("skipped", "cancelled")
    notes = [f"{failed} failed"] * bool(failed) + [f"{other} not run"] * bool(other)
    cpu = sum(one.most_cpu or 0.0 for one in attempts)
    memory = max((one.most_memory or 0 for one in attempts), default=0)
    gone = (sum(one.go is not None for one in call.attempts) for call in history.calls.values())
    again = sum(max(0, number - 1) for number in gone)
    return (
        ("took", time_words(view.at), f"{history.told.get('jobs', '?')} calls side by side"),
        ("calls done", f"{done} of {len(view.calls)}", ", ".join(notes) or "none failed"),
        ("processor time", time_words(cpu) if cpu else "?", "of all steps together"),
        ("most memory", size_words(memory) if memory else "?", "of one step"),
        ("retries", str(again), "attempts beyond the first"),
    )


def _params(history: RunHistory) -> tuple[tuple[str, str], ...]:
    params = cast("Mapping[str, JsonValue]", history.told.get("params") or {})
    return tuple((name, json.dumps(value, ensure_ascii=False)) for name, value in params.items())


def _images(
    history: RunHistory, known: Mapping[str, ImageShown]
) -> tuple[tuple[ImageShown, str], ...]:
    """Each image once, with the steps that ran in it."""
    steps: dict[str, dict[str, None]] = {}
    for call in history.calls.values():
        if call.image:
            steps.setdefault(call.image, {})[call.view.step] = None
    return tuple(
        (known.get(image) or ImageShown(reference=image, size=0, layers=()), ", ".join(names))
        for image, names in steps.items()
    )


@lru_cache
def _part(name: str) -> str:
    return (_HERE / name).read_text(encoding="utf-8")


@lru_cache
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(_HERE),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters.update(size=size_words, time=time_words)
    return environment
