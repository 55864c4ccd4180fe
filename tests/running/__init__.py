"""One small pipeline for both engines: its steps as files and as images, and what a run of it has left."""

from __future__ import annotations

import json
import subprocess
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import ops0
import ops0_runner
from ops0.core.pipeline import (
    Call,
    CallId,
    FromCall,
    FromConstant,
    FromParam,
    Pipeline,
    Slice,
    Step,
    StepName,
    Where,
)
from ops0.core.step_options import StepOptions
from ops0.runtime.containers import ContainerEngine
from ops0.runtime.engine import Engine
from ops0.runtime.engines.docker_engine import connect
from ops0.runtime.events import Event, read_events
from ops0.runtime.processes import ProcessEngine
from ops0.runtime.runs import RunId, run_folder

BASE = "ops0-base:3.11"
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
DOCKERFILE = f"""
FROM {BASE}
COPY runner /ops0/runner
COPY pipeline.py /ops0/code/
ARG STEP
COPY $STEP.json /ops0/step.json
ENV PYTHONPATH=/ops0/runner
ENTRYPOINT ["python", "-m", "ops0_runner", "/ops0/step.json"]
"""


def a_step(name: str, text: str = STEPS, **options: Any) -> Step:
    return Step(
        name=StepName(name),
        module="pipeline",
        function=name,
        where=Where("pipeline.py", 1),
        parameters=(),
        returns=None,
        output=None,
        options=StepOptions(**options),
        needs=(),
        system=(),
        slices=(Slice(module="pipeline", path="pipeline.py", text=text),),
        data=(),
        roots=(".",),
    )


def a_pipeline(
    *calls: tuple[str, dict[str, Any]], options: dict[str, dict[str, Any]] | None = None
) -> Pipeline:
    """(call, inputs), named as its step; an input ``"<call"`` is an edge, ``"$name"`` a parameter of the run."""
    made = tuple(
        Call(
            id=CallId(call),
            step=StepName(call),
            inputs=tuple((name, _input(given)) for name, given in inputs.items()),
            where=Where("pipeline.py", 1),
        )
        for call, inputs in calls
    )
    return Pipeline(
        name="test",
        entry="pipeline.py",
        steps=tuple(a_step(call, **(options or {}).get(call, {})) for call, _ in calls),
        calls=made,
        results=(made[-1].id,),
        explicit=True,
    )


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
        self.folder, self._mark = folder, uuid.uuid4().hex[:8]
        self._images: dict[str, str] = {}
        self.write(STEPS)

    def write(self, text: str) -> None:
        """Another text of the steps, for processes and for images that are built from now on."""
        self.folder.mkdir(parents=True, exist_ok=True)
        (self.folder / "pipeline.py").write_text(text)

    def engine(self, kind: str) -> Engine:
        if kind == "processes":
            return ProcessEngine(self.folder)
        return ContainerEngine(connect(), {StepName(name): self.image(name) for name in NAMES})

    def image(self, step: str) -> str:
        if not self._images:
            for name in NAMES:
                self.build(name)
        return self._images[step]

    def build(self, name: str) -> None:
        """Build a step's image from the text as it is now."""
        context = self.folder / ".context"
        for package in (ops0, ops0_runner):
            source = Path(package.__path__[0])
            for part in ("__init__.py", "core") if package is ops0 else (".",):
                _copy(source / part, context / "runner" / source.name / part)
        (context / "pipeline.py").write_text((self.folder / "pipeline.py").read_text())
        (context / "Dockerfile").write_text(DOCKERFILE)
        said = {"step": name, "module": "pipeline", "function": name}
        (context / f"{name}.json").write_text(json.dumps({"v": 1, **said, "roots": ["/ops0/code"]}))
        argv = ["build", "-q", "--build-arg", f"STEP={name}", str(context)]
        tag = f"ops0-test-{self._mark}:{name}-{len(self._images)}"
        docker(*argv[:-1], "-t", tag, argv[-1])
        self._images[name] = docker("image", "inspect", "-f", "{{.Id}}", tag).strip()
        self._tags = [*getattr(self, "_tags", []), tag]

    def remove(self) -> None:
        for tag in getattr(self, "_tags", []):
            docker("rmi", "-f", tag)


def _copy(source: Path, target: Path) -> None:
    if source.is_file():
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(source.read_bytes())
        return
    for path in source.rglob("*.py"):
        _copy(path, target / path.relative_to(source))


@contextmanager
def places(folder: Path) -> Iterator[Places]:
    made = Places(folder)
    try:
        yield made
    finally:
        made.remove()


def docker(*argv: str) -> str:
    done = subprocess.run(["docker", *argv], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


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
    ]
    return "".join(found).split()


def left_here(run: str) -> list[str]:
    """What of a run should be gone when it has ended."""
    folder = run_folder(RunId(run))
    return [str(path) for path in (folder.work, folder.all_taken) if path.exists()]
