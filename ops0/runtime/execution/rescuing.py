"""What a run that failed or was stopped has made so far, put aside before the engine is cleaned: for a resumption."""

from __future__ import annotations

import shutil
from collections.abc import Callable

from ops0.core.errors import EngineError
from ops0.core.pipeline import CallId
from ops0.runtime.execution.live_run import LiveRun
from ops0.runtime.execution.restoring import Supply
from ops0.runtime.inputs import producers_of
from ops0.runtime.outputs.results import BadOutput

_ROOM = 2 * 2**30
"""Bytes that are read out of containers at most. What does not fit is made again when the run is resumed."""
_SMALL, _SOON = 64 * 2**20, 3.0
"""Of a run that shall end now: bytes of a value that is still read out of a container, and seconds for all of them.

Who presses Ctrl-C twice wants the steps to end, not to lose the hours before them.
"""


def rescue(live: LiveRun, asked: Callable[[], int]) -> None:
    """Put aside the values that calls which are not done would read. No fault of it ends anything.

    asked: how often somebody has asked the run to end: twice is now, more often means that nothing is to be kept
    """
    room, read_out = _ROOM, live.engine.kind == "containers"
    until: float | None = None
    for call in _wanted(live):
        done = live.calls[call].done
        files = () if done is None else done.manifest.value.all_files()
        size = sum(file.size for file in files)  # what the value says of itself may be wrong
        if asked() > 1:
            room, now = min(room, _SMALL), live.spec.clock()
            until = now + _SOON if until is None else until
            if asked() > 2 or now >= until:
                return
        if done is None or (read_out and size > room):
            continue
        folder = live.spec.folder.value(call)
        shutil.rmtree(folder, ignore_errors=True)
        supply = live.supplies.get(call)
        try:
            if isinstance(supply, Supply) and supply.folder.is_dir():
                folder.parent.mkdir(parents=True, exist_ok=True)
                shutil.move(supply.folder, folder)
            else:
                live.engine.save(call, live.calls[call].output, folder)
                room -= size if asked() < 2 else 0
        except (EngineError, BadOutput, OSError):
            shutil.rmtree(folder, ignore_errors=True)


def _wanted(live: LiveRun) -> list[CallId]:
    """The calls that are done and have a reader that is not, in order."""
    wanted: dict[CallId, None] = {}
    for call in live.spec.pipeline.calls:
        if live.schedule.state(call.id) != "done":
            wanted.update(dict.fromkeys(producers_of(call)))
    done = [call for call in wanted if live.schedule.state(call) == "done"]
    order = {call.id: number for number, call in enumerate(live.spec.pipeline.calls)}
    return sorted(done, key=order.__getitem__)
