"""Pipelines in one line each, and an engine that runs nothing but keeps every promise of the real ones."""

from __future__ import annotations

import hashlib
import json
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import handmade
import pytest

from ops0.core.errors import EngineError
from ops0.core.pipeline import (
    Call,
    CallId,
    FromCall,
    Pipeline,
    Step,
    StepName,
    Where,
)
from ops0.host.usage import Usage
from ops0.runtime.engine import Exit, Job, LineHandler, Member, RunSetup, signal_name
from ops0.runtime.errors import Failure

CLEAN = Exit(code=0)
STOPPED = Exit(code=143, signal="SIGTERM")


def a_call(call: str, *needs: str, step: str | None = None, **inputs: Any) -> Call:
    """A call that takes the results of those it needs, besides its inputs."""
    edges = {f"a{n}": FromCall(call=CallId(need), rule="by name") for n, need in enumerate(needs)}
    return handmade.a_call(call, step=step, where=Where("pipeline.py", 9), **edges, **inputs)


def a_step(name: str, **options: Any) -> Step:
    return handmade.a_step(name, where=Where("pipeline.py", 3), **options)


def a_pipeline(
    *calls: Call, results: tuple[str, ...] | None = None, options: dict[str, Any] | None = None
) -> Pipeline:
    """A pipeline of the calls' steps; options: those of each step, by its name."""
    names = dict.fromkeys(call.step for call in calls)
    steps = [a_step(name, **(options or {}).get(name, {})) for name in names]
    return handmade.a_pipeline(steps, calls, results, name="test")


@dataclass
class Behaviour:
    """What an attempt does once it has its go line."""

    value: Any = None
    exit: Exit = CLEAN
    failure: dict[str, Any] | None = None
    prints: tuple[str, ...] = ()
    manifest: Callable[[dict[str, Any]], bytes | None] = lambda m: json.dumps(m).encode()
    last_word: threading.Event | None = None
    """Says all and that it is its last word, and ends when this is set."""
    hangs: bool = False
    dies: bool = False
    """Is killed before anybody tells it to go."""
    on_term: bool = True
    refuses: EngineError | None = None
    members: Callable[[list[Member]], list[Member]] = lambda members: members
    before: Callable[[], None] = lambda: None
    beside: dict[str, list[Member]] = field(default_factory=dict)


def raises(message: str = "bad", kind: str = "step", code: int = 10) -> Behaviour:
    failure = {
        "kind": kind,
        "type": "ValueError",
        "message": message,
        "traceback": f'  File "pipeline.py", line 5, in f\nValueError: {message}\n',
        "where": "pipeline.py:5",
        "hint": None,
    }
    return Behaviour(exit=Exit(code=code), failure=failure)


@dataclass
class FakeEngine:
    """Answers from a table: (call, attempt) -> Behaviour, else (call, 0), else done."""

    table: dict[tuple[str, int], Behaviour] = field(default_factory=dict)
    kind: str = "containers"
    isolated: bool = False
    memory: int | None = None
    used: Usage | None = None
    gone: list[dict[str, Any]] = field(default_factory=list)
    done: list[str] = field(default_factory=list)
    live: set[str] = field(default_factory=set)
    started: list[str] = field(default_factory=list)
    most: int = 0
    opened: bool = False
    closed: int = 0
    given_up: threading.Event = field(default_factory=threading.Event)
    tidied: threading.Event = field(default_factory=threading.Event)
    codes: dict[str, str] = field(default_factory=dict)
    restored: list[str] = field(default_factory=list)
    handed: dict[str, bytes] = field(default_factory=dict)
    discarded: list[str] = field(default_factory=list)
    saved: list[str] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    guard: threading.Lock = field(default_factory=threading.Lock)

    def open(self, setup: RunSetup) -> None:
        self.opened = True

    def free_memory(self) -> int | None:
        return self.memory

    def code(self, step: Step) -> str:
        return self.codes.get(step.name, f"code of {step.name}")

    def content(self, step: Step, text: str) -> str | None:
        return None

    def reattach(self, job: Job, said: LineHandler, printed: LineHandler) -> None:
        return None

    def discard(self, call: CallId, attempt: int) -> None:
        self.discarded.append(f"{call}/{attempt}")

    def stored(self, call: CallId, attempt: int) -> Iterator[Member]:
        return iter(())

    def save(self, call: CallId, attempt: int, folder: Path) -> None:
        self.saved.append(f"{call}/{attempt}")

    def restore(self, call: CallId, attempt: int, folder: Path) -> None:
        with self.guard:
            self.restored.append(f"{call}/{attempt}")
            self.done.append(call)
        self.handed[call] = (folder / "value.json").read_bytes()

    def image(self, step: StepName) -> str:
        return f"sha256:{step}"

    def inside(self, step: Step) -> str:
        return f"docker run --rm -it --network none --entrypoint sh sha256:{step.name}"

    def title(self, job: Job) -> str:
        return f"ops0-{job.call}-{job.attempt}"

    def start(self, job: Job, said: LineHandler, printed: LineHandler) -> FakeAttempt:
        behaviour = (
            self.table.get((job.call, job.attempt))
            or self.table.get((job.call, 0))
            or Behaviour(value=job.call)
        )
        if behaviour.refuses is not None:
            raise behaviour.refuses
        with self.guard:
            self.live.add(self.title(job))
            self.started.append(self.title(job))
        return FakeAttempt(self, job, behaviour, said, printed)

    def give_up_starts(self) -> None:
        self.given_up.set()

    def output_path(self, call: CallId, attempt: int) -> str:
        return f"/ops0/out/{attempt}"

    def input_path(self, producer: CallId, attempt: int) -> str:
        return f"/ops0/in/{producer}/{attempt}"

    def tidy(self) -> None:
        self.tidied.set()

    def close(self) -> None:
        self.closed += 1
        self.live.clear()

    def remove_orphans(self, spare: Any = None) -> tuple[str, ...]:
        return ()


class FakeAttempt:
    def __init__(
        self,
        engine: FakeEngine,
        job: Job,
        behaviour: Behaviour,
        said: LineHandler,
        printed: LineHandler,
    ) -> None:
        self.engine, self.job, self.behaviour = engine, job, behaviour
        self.said, self.printed = said, printed
        self.line: bytes | None = None
        self.woken, self.stopped = threading.Event(), threading.Event()
        self.killed = threading.Event()
        self.data: bytes | None = None
        said(json.dumps({"v": 1, "event": "ready", "seconds": 0.01}))

    def go(self, line: bytes) -> None:
        go = json.loads(line)
        with self.engine.guard:
            self.engine.gone.append(go)
            running = len(self.engine.gone) - len(self.engine.done)
            self.engine.most = max(self.engine.most, running)
            for given in go["inputs"].values():
                if given["from"] == "value" and given["path"].split("/")[3] not in self.engine.done:
                    self.engine.faults.append(f"{self.job.call} went before {given['path']}")
        self.line = line
        self.woken.set()

    def listen(self, enough: Callable[[], bool]) -> bool:
        """One without ``last_word`` says all when it ends."""
        if self.behaviour.last_word is None:
            return False
        self.woken.wait()
        if self.line is None or self.stopped.is_set():
            return False
        manifest = self._manifest()
        self.data = json.dumps(manifest, separators=(",", ":")).encode()
        digest = hashlib.sha256(self.data).hexdigest()
        done = {"v": 1, "event": "done", "seconds": 0.1, "manifest": manifest, "digest": digest}
        self.said(json.dumps({**done, "last": True}))
        with self.engine.guard:
            self.engine.done.append(self.job.call)
        return enough()

    def wait(self, whole: Callable[[], bool]) -> Exit:
        if self.behaviour.dies:
            return Exit(code=137, signal="SIGKILL")
        self.woken.wait()
        if self.line is None or self.stopped.is_set():
            return STOPPED
        self.behaviour.before()
        if self.behaviour.last_word is not None:
            assert self.behaviour.last_word.wait(20)
            return self.behaviour.exit
        for line in self.behaviour.prints:
            self.printed(line)
        if self.behaviour.hangs:
            (self.stopped if self.behaviour.on_term else self.killed).wait(20)
            return self._end(
                STOPPED if self.behaviour.on_term else Exit(code=137, signal="SIGKILL")
            )
        if self.behaviour.failure is not None:
            failed = {"v": 1, "event": "failed", "failure": self.behaviour.failure}
            self.said(json.dumps(failed))
        else:
            self.data = self.behaviour.manifest(self._manifest())
        return self._end(self.behaviour.exit)

    def _end(self, end: Exit) -> Exit:
        with self.engine.guard:
            self.engine.done.append(self.job.call)
        return end

    def _manifest(self) -> dict[str, Any]:
        data = json.dumps(self.behaviour.value).encode()
        file = {
            "name": "value.json",
            "size": len(data),
            "sha256": hashlib.sha256(data).hexdigest(),
        }
        value = {
            "format": "json",
            "type": "builtins.object",
            "size": len(data),
            "files": [file],
            "preview": repr(self.behaviour.value),
            "items": None,
        }
        job = self.job
        return {
            "v": 1,
            "run": job.run,
            "call": job.call,
            "attempt": job.attempt,
            "nonce": job.nonce,
            "value": value,
            "python": "3.11.2",
        }

    def stop(self, grace: float) -> None:
        self.stopped.set()
        if grace == 0:
            self.killed.set()
            if self.behaviour.last_word is not None:
                self.behaviour.last_word.set()
        self.woken.set()

    def manifest(self) -> bytes | None:
        return self.data

    def members(self) -> Iterator[Member]:
        data = json.dumps(self.behaviour.value).encode()
        found = [
            Member("value.json", "file", len(data), BytesIO(data).read),
            Member("manifest.json", "file", len(self.data or b""), BytesIO(b"").read),
        ]
        return iter(self.behaviour.members(found))

    def usage(self) -> Usage | None:
        return self.engine.used

    def beside(self, behind: str) -> Iterator[Member]:
        return iter(self.behaviour.beside.get(behind, ()))

    def on_current_lines(self, failure: Failure) -> Failure:
        return failure

    def remove(self) -> None:
        self.engine.live.discard(self.engine.title(self.job))


@pytest.fixture(scope="session")
def make() -> SimpleNamespace:
    """What the tests of this folder build with."""
    return SimpleNamespace(
        step=a_step,
        call=a_call,
        pipeline=a_pipeline,
        Behaviour=Behaviour,
        raises=raises,
        Engine=FakeEngine,
        signal_name=signal_name,
    )


@pytest.fixture(autouse=True)
def no_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    """A removal that is refused is tried as often as ever, without waiting in between."""
    monkeypatch.setattr("ops0.runtime.engines.clean._PAUSES", (0.0,) * 7)
    monkeypatch.setattr("ops0.runtime.engines.again.PAUSES", (0.0,) * 2)
