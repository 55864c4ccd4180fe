"""One small pipeline for both engines: its steps as files and as images, and what a run of it has left."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import handmade
import pytest
from docker_client import docker

from ops0.core.pipeline import (
    CallId,
    FromCall,
    FromConstant,
    FromParam,
    Pipeline,
    StepName,
)
from ops0.runtime.containers import ContainerEngine
from ops0.runtime.engine import Engine
from ops0.runtime.engines.docker_engine import connect
from ops0.runtime.events import Event, read_events
from ops0.runtime.processes import ProcessEngine
from ops0.runtime.runs import RunId, run_folder

from .images import StepImages

STEPS = '''
import tempfile, time

def one(n=1, seconds=0.0):
    print("one")
    time.sleep(seconds)
    return {"n": n, "at": time.time(), "big": "x" * 100_000}

def two(a, seconds=0.0):
    print("two")
    time.sleep(seconds)
    return (a["n"] * 10, a["at"])

def three(a, seconds=0.0):
    print("three")
    time.sleep(seconds)
    return [a[0] + 1, a[1]]

def fails(a, seconds=0.0):
    raise ValueError("no rows")

def leaves(a=None, seconds=0.0):
    """Leaves a temporary file."""
    handle, name = tempfile.mkstemp(prefix="left-")
    print(name, flush=True)
    time.sleep(seconds)
    return name
'''
NAMES = ("one", "two", "three", "fails", "leaves")
CHAIN = (("one", {"n": "$n"}), ("two", {"a": "<one"}), ("three", {"a": "<two"}))
"""Three calls one after the other; the first takes the run's parameter ``n``."""
KINDS = ["processes", pytest.param("containers", marks=pytest.mark.docker)]


def a_pipeline(
    *calls: tuple[str, dict[str, Any]], options: dict[str, dict[str, Any]] | None = None
) -> Pipeline:
    """(call, inputs), named as its step; an input ``"<call"`` is an edge, ``"$name"`` a parameter of the run."""
    steps = [
        handmade.a_step(call, slices=handmade.a_slice(STEPS), **(options or {}).get(call, {}))
        for call, _ in calls
    ]
    made = [
        handmade.a_call(call, **{name: _input(given) for name, given in inputs.items()})
        for call, inputs in calls
    ]
    return handmade.a_pipeline(steps, made, name="test")


def _input(given: Any) -> FromCall | FromConstant | FromParam:
    if isinstance(given, str) and given[:1] == "<":
        return FromCall(call=CallId(given[1:]), rule="")
    if isinstance(given, str) and given[:1] == "$":
        return FromParam(param=given[1:], required=True)
    return FromConstant(value=given)


def edited(pipeline: Pipeline, name: str, text: str) -> Pipeline:
    """The pipeline with another text of one step."""
    steps = tuple(
        replace(step, slices=(replace(step.slices[0], text=text),)) if step.name == name else step
        for step in pipeline.steps
    )
    return replace(pipeline, steps=steps)


class Places:
    """Where the steps are: a folder, and images that are built when first asked for."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._images: StepImages | None = None
        self.write(STEPS)

    def write(self, text: str) -> None:
        """Another text of the steps, for processes and for images that are built from now on."""
        self.folder.mkdir(parents=True, exist_ok=True)
        (self.folder / "pipeline.py").write_text(text)
        if self._images:
            self._images.write(text)

    def engine(self, kind: str) -> Engine:
        if kind == "processes":
            return ProcessEngine(self.folder)
        return ContainerEngine(connect(), {StepName(name): self.image(name) for name in NAMES})

    def image(self, step: str) -> str:
        return self._built()[step]

    def build(self, name: str) -> None:
        """Build a step's image from the text as it is now."""
        self._built().build(name)

    def _built(self) -> StepImages:
        """All images: those of the text that stands when the first is asked for, until one is built anew."""
        if self._images is None:
            text = (self.folder / "pipeline.py").read_text()
            self._images = StepImages(self.folder / ".context", text)
            for name in NAMES:
                self._images.build(name)
        return self._images

    def remove(self) -> None:
        if self._images:
            self._images.remove()


@contextmanager
def places(folder: Path) -> Iterator[Places]:
    made = Places(folder)
    try:
        yield made
    finally:
        made.remove()


def events(run: str) -> list[Event]:
    """The events of a run."""
    return list(read_events(run_folder(RunId(run)).events))


def went(told: list[Event]) -> list[str]:
    """The calls that were sent their go line, each time."""
    return [event.call for event in told if event.kind == "attempt.go" and event.call]


def because(told: list[Event]) -> dict[str, str]:
    """Why calls ran or did not."""
    kinds = ("call.needed", "call.restored")
    return {str(e.call): str(e.data["because"]) for e in told if e.kind in kinds}


def left_in_engine(run: str) -> list[str]:
    """What carries the run's label, whatever its state."""
    label = f"label=ops0.run={run}"
    found = [
        docker("ps", "-aq", "--filter", label),
        docker("volume", "ls", "-q", "--filter", label),
        docker("network", "ls", "-q", "--filter", label),
    ]
    return " ".join(found).split()


def left_here(run: str) -> list[str]:
    """What of a run should be gone when it has ended."""
    folder = run_folder(RunId(run))
    return [str(path) for path in (folder.work, folder.all_taken) if path.exists()]
