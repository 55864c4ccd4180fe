"""A run's results as text or JSON. What is not plain JSON is told by type, size and preview; it stays in its files."""

from __future__ import annotations

import json
import math
import sys
from pathlib import Path

import click

from ops0.cli.colour import colour
from ops0.cli.running import export
from ops0.cli.show.cutting import beginning
from ops0.cli.show.plan import size_text
from ops0.core.pipeline import CallId, JsonValue
from ops0.core.quantities import duration_text
from ops0.runtime.digests import result_digests
from ops0.runtime.events import read_events
from ops0.runtime.outputs.results import Result, Stored
from ops0.runtime.report import Report
from ops0.runtime.runs import RunFolder
from ops0.runtime.watching.history import CallHistory, history_of


def show_results(report: Report, out: Path | None, *, as_json: bool) -> None:
    """Print a run's results, and first copy their files into a folder where one is named. Raises RunError's kinds."""
    if out is not None:
        for path in export(report, out):
            click.echo(f"written: {path}", err=True)
    whole = not sys.stdout.isatty()  # a program that reads it wants all
    click.echo(_results_json(report) if as_json else result_text(report, whole=whole))


def show_more() -> None:
    """To a person at a terminal, where there is more about the run that has just ended."""
    if sys.stderr.isatty():
        text = "what its steps printed: ops0 logs    as a page: ops0 report"
        click.echo(click.style(text, dim=True), err=True, color=colour())


def plain(result: Result) -> JsonValue:
    """A result as JSON; a stored one as an object that says where it is."""
    if isinstance(result, Stored):
        return {
            "type": result.type,
            "format": result.format,
            "size": result.size,
            "pickled": result.pickled,
            "about": None if result.about is None else dict(result.about),
            "preview": result.preview,
            "path": str(result.path),
        }
    if isinstance(result, (tuple, list)):
        return [plain(item) for item in result]
    return result


def _results_json(report: Report) -> str:
    """The run as JSON: id, state, calls with seconds, results by call and their digests."""
    told = history_of(read_events(report.folder.events)).calls
    calls = {
        one.call: {
            "state": one.state,
            "attempts": one.attempts,
            "seconds": one.seconds,
            "because": one.because,
            **_logged(report.folder, told[one.call]),
        }
        for one in report.calls
    }
    value = {
        "run": report.run,
        "pipeline": report.pipeline,
        "state": report.state,
        "seconds": report.seconds,
        "calls": calls,
        "results": {call: plain(result) for call, result in report.results.items()},
        "digests": dict(result_digests(report)),
    }
    return json.dumps(value, indent=2, ensure_ascii=False)


def _logged(folder: RunFolder, call: CallHistory) -> dict[str, JsonValue]:
    """What its last attempt logged and saved: the last value of each metric, where artifacts are, models."""
    if call.last is None:
        return {}
    metrics: dict[str, JsonValue] = {
        name: points[-1].value if math.isfinite(points[-1].value) else str(points[-1].value)
        for name, points in call.last.metrics.items()
    }
    place = folder.artifacts(call.view.call)
    files: dict[str, JsonValue] = {name: str(place / name) for name in call.last.artifacts}
    found: dict[str, JsonValue] = {}
    if metrics:
        found["metrics"] = metrics
    if files:
        found["artifacts"] = files
    if call.last.models:
        found["models"] = list(call.last.models)
    return found


def result_text(report: Report, *, whole: bool = True) -> str:
    """The one result, or each under its call's name. ``whole``: also where no screen has room for it."""
    shown = {
        call: _shown(report, call, _text(result, _until(report, call)), whole=whole)
        for call, result in report.results.items()
    }
    if len(shown) == 1:
        return next(iter(shown.values()))
    return "\n".join(f"{call}: {text}" for call, text in shown.items())


def _shown(report: Report, call: CallId, text: str, *, whole: bool) -> str:
    begun, rest = (text, "") if whole else beginning(text)
    if not rest:
        return text
    folder = report.folder.result(call)
    file = folder / "value.json"
    place = file if file.is_file() else folder if folder.is_dir() else report.folder.results
    return f"{begun}\n… {rest}; all of it: {place}"


def _until(report: Report, call: CallId) -> str:
    """How long it is kept, where that is not for good."""
    after = None if report.held is None else report.held.after.get(call)
    return "" if after is None else f", for {duration_text(after)} (@ops0.cleanup_after)"


def _text(result: Result, until: str) -> str:
    if isinstance(result, Stored):
        about = f"<{result.type}, {size_text(result.size)}> {result.preview}"
        return f"{about}\n  kept in {result.path}{until}"
    if isinstance(result, str):
        return result
    return json.dumps(plain(result), indent=2, ensure_ascii=False)
