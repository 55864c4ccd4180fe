"""The container engine over a Docker that is written here: names, order, lost engines, clean-up."""

from __future__ import annotations

import dataclasses
import io
import json
import os
import signal
import tarfile
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from ops0.core.errors import EngineError, ErrorGroup, raise_together
from ops0.core.pipeline import CallId
from ops0.host.engine_errors import EngineRefused, EngineTimeout, EngineUnreachable
from ops0.host.owner import owner_labels, this_process
from ops0.host.usage import Memory
from ops0.host.walls import WallsDown, unheld_limits
from ops0.runtime.containers import ContainerEngine, patiently
from ops0.runtime.engine import Exit, Job, RunSetup
from ops0.runtime.engines import container_attempt, starting
from ops0.runtime.engines.clean import remove_orphans
from ops0.runtime.engines.docker_api import ContainerState, Host, Owned
from ops0.runtime.engines.standing import NoRuntime
from ops0.runtime.errors import CallFailed, EngineLost
from ops0.runtime.orchestrator import RunOptions, run_pipeline
from ops0.runtime.runs import RunId, run_folder

ENDED = ContainerState(running=False, started=True, code=0, out_of_memory=False, memory=2**30)
UNSAID = {
    "MaskedPaths": ["/proc/kcore"],
    "ReadonlyPaths": ["/proc/sys"],
    "CapAdd": None,
    **dict.fromkeys(("PidMode", "UTSMode", "UsernsMode", "CgroupParent"), ""),
    **dict.fromkeys(("Binds", "VolumesFrom", "GroupAdd", "PortBindings", "Links"), None),
    **dict.fromkeys(("Devices", "DeviceRequests", "DeviceCgroupRules"), None),
    **dict.fromkeys(("PublishAllPorts", "OomKillDisable"), False),
}
"""What an engine tells of a container beyond what it was asked for."""
RUNNING = dataclasses.replace(ENDED, running=True)


@dataclass
class FakeDocker:
    """DockerApi: keeps what is made, says what it is told to say."""

    address: str = "unix:///fake"
    output: bytes = b""
    end: ContainerState | None = ENDED
    files: dict[str, bytes] = field(default_factory=dict)
    away: int = 0
    still_runs: int = 0
    slow_starts: int = 0
    in_use: int = 0
    created: float = field(default_factory=time.time)
    runtimes: tuple[str, ...] = ("runc",)
    info: Mapping[str, Any] = field(default_factory=dict)
    inspected: Mapping[str, Any] = field(default_factory=dict)
    configs: dict[str, Mapping[str, Any]] = field(default_factory=dict)
    start_fault: Exception | None = None
    calls: list[str] = field(default_factory=list)
    things: dict[tuple[str, str], Mapping[str, str]] = field(default_factory=dict)
    written: bytes = b""
    kept: bytes = b""

    def said(self, name: str) -> bytes:
        return self.kept

    def host(self) -> Host:
        unheld = unheld_limits(self.info)
        return Host(memory=8 * 2**30, processors=4, runtimes=self.runtimes, unheld=unheld)

    def create_volume(self, name: str, labels: Mapping[str, str]) -> None:
        self.calls.append(f"volume {name}")
        self.things.setdefault(("volume", name), labels)  # as the Engine does

    def create_container(self, name: str, config: Mapping[str, Any]) -> None:
        self.calls.append(f"create {name}")
        self.things["container", name] = config["Labels"]
        self.configs.setdefault(name, config)  # the Engine keeps the first of a name
        for mount in config.get("HostConfig", {}).get("Mounts", ()):
            if mount["Type"] == "volume":
                made = mount["VolumeOptions"].get("Labels", {})
                self.things.setdefault(("volume", mount["Source"]), made)

    def inspect(self, name: str) -> Mapping[str, Any]:
        config = self.configs[name]
        mounts = [
            {
                "Type": one["Type"],
                "Name": one["Source"],
                "Destination": one["Target"],
                "Driver": "local",
                "RW": not one["ReadOnly"],
            }
            for one in config["HostConfig"]["Mounts"]
        ]
        host = {**UNSAID, **config["HostConfig"], **self.inspected}
        return {"Config": config, "HostConfig": host, "Mounts": mounts}

    def attach(self, name: str, which: str = "all") -> FakeStreams:
        self.calls.append(f"attach {name}")
        return FakeStreams(self)

    def start(self, name: str) -> bool:
        self.calls.append(f"start {name}")
        if self.start_fault is not None:
            raise self.start_fault
        self.slow_starts -= 1
        return self.slow_starts < 0

    def state(self, name: str) -> ContainerState | None:
        self._answer()
        return RUNNING if self.still_runs and self.end is not None else self.end

    def wait(self, name: str, timeout: float) -> bool:
        self._answer()
        self.still_runs = max(self.still_runs - 1, 0)
        return not self.still_runs

    def _answer(self) -> None:
        if self.away:
            self.away -= 1
            raise EngineUnreachable(self.address, "connection refused")

    def stop(self, name: str, grace: float) -> None:
        self.calls.append(f"stop {name} {grace:g}")

    def remove_container(self, name: str) -> None:
        self.calls.append(f"remove {name}")
        self.still_runs = 0
        self.things.pop(("container", name), None)

    def remove_volume(self, name: str) -> None:
        if self.in_use:
            self.in_use -= 1
            raise EngineRefused(f"remove volume {name}", 409, "volume is in use")
        self.things.pop(("volume", name), None)

    @contextmanager
    def archive(self, name: str, path: str) -> Iterator[Iterator[bytes] | None]:
        found = {n: d for n, d in self.files.items() if f"/ops0/out/{n}".startswith(path)}
        buffer = io.BytesIO()
        with tarfile.open(fileobj=buffer, mode="w") as tar:
            for inner, data in found.items():
                info = tarfile.TarInfo(inner.rpartition("/")[2] if path.endswith("json") else inner)
                info.size = len(data)
                tar.addfile(info, io.BytesIO(data))
        yield iter([buffer.getvalue()]) if found else None

    def owned(self, label: str, value: str | None = None) -> tuple[Owned, ...]:
        found = (
            Owned(kind=kind, name=name, labels=labels, created=self.created)
            for (kind, name), labels in self.things.items()
            if label in labels and value in (None, labels[label])
        )
        return tuple(found)


@dataclass
class FakeStreams:
    docker: FakeDocker
    closed: bool = False

    def read(self) -> bytes:
        data, self.docker.output = self.docker.output[:7], self.docker.output[7:]
        return data

    def write(self, data: bytes) -> None:
        self.docker.written += data

    def close(self) -> None:
        self.closed = True


def frame(channel: int, text: str) -> bytes:
    data = text.encode()
    return bytes([channel, 0, 0, 0]) + len(data).to_bytes(4, "big") + data


def opened(docker: FakeDocker, make: SimpleNamespace) -> tuple[ContainerEngine, Job]:
    engine = ContainerEngine(docker, {"train": "sha256:1"})
    run = RunId("r1")
    pipeline = make.pipeline(make.call("train"))
    engine.open(
        RunSetup(run=run, folder=run_folder(run), pipeline=pipeline, slots=2, owner=this_process())
    )
    return engine, Job(
        run=run, call=CallId("train"), attempt=1, nonce="n", step=make.step("train"), producers=()
    )


def ignore(_line: str) -> None:
    return


def test_it_is_attached_before_it_is_started(make: SimpleNamespace) -> None:
    docker = FakeDocker()
    engine, job = opened(docker, make)
    engine.start(job, ignore, ignore)
    name = "ops0-r1-train-1"
    assert docker.calls == [
        "volume ops0-r1-train",
        f"create {name}",
        f"attach {name}",
        f"start {name}",
    ]


def test_a_container_without_a_wall_is_not_started(make: SimpleNamespace) -> None:
    docker = FakeDocker(inspected={"Privileged": True})
    engine, job = opened(docker, make)
    with pytest.raises(WallsDown, match="it is privileged"):
        engine.start(job, ignore, ignore)
    name = "ops0-r1-train-1"
    assert docker.calls == ["volume ops0-r1-train", f"create {name}", f"remove {name}"]


def test_no_other_of_a_step_starts_while_its_first_is_looked_at(make: SimpleNamespace) -> None:
    docker = FakeDocker()
    engine, first = opened(docker, make)
    second = dataclasses.replace(first, call=CallId("other"))
    looking, look = threading.Event(), threading.Event()
    inspect = docker.inspect

    def slow(name: str) -> Mapping[str, Any]:
        looking.set()
        assert look.wait(10)
        return inspect(name)

    docker.inspect = slow  # type: ignore[method-assign]
    threads = [
        threading.Thread(target=engine.start, args=(job, ignore, ignore)) for job in (first, second)
    ]
    threads[0].start()
    assert looking.wait(10)
    threads[1].start()
    threads[1].join(0.1)
    started = [one for one in docker.calls if one.startswith("start ")]
    look.set()
    for thread in threads:
        thread.join(10)
    assert started == []
    assert len([one for one in docker.calls if one.startswith("start ")]) == 2


def test_a_step_whose_first_could_not_be_looked_at_is_looked_at_again(
    make: SimpleNamespace,
) -> None:
    docker = FakeDocker(inspected={"Privileged": True})
    engine, job = opened(docker, make)
    inspect = docker.inspect

    def away(name: str) -> Mapping[str, Any]:
        docker.inspect = inspect  # type: ignore[method-assign]
        raise EngineUnreachable(docker.address, "connection refused")

    docker.inspect = away  # type: ignore[method-assign]
    with pytest.raises(EngineUnreachable):
        engine.start(job, ignore, ignore)
    with pytest.raises(WallsDown, match="it is privileged"):
        engine.start(job, ignore, ignore)


def test_a_limit_that_an_engine_cannot_hold_is_told_in_the_steps_log(make: SimpleNamespace) -> None:
    docker = FakeDocker(inspected={"MemorySwap": -1, "PidsLimit": None})
    engine, job = opened(docker, make)
    printed: list[str] = []
    engine.start(job, ignore, printed.append)
    engine.start(dataclasses.replace(job, attempt=2), ignore, printed.append)
    assert printed == [
        "ops0: the engine gave it no limit of processes",
        "ops0: the engine gave it no limit of memory and swap",
    ]


def test_a_limit_that_the_engine_only_writes_down_is_told_once(make: SimpleNamespace) -> None:
    # A rootless engine without cgroups: inspect has the limits, and nothing holds the step to them.
    away = {"MemoryLimit": False, "CpuCfsQuota": False, "PidsLimit": False}
    engine, job = opened(FakeDocker(info=away, inspected={"PidsLimit": None}), make)
    printed: list[str] = []
    engine.start(job, ignore, printed.append)
    assert printed == [
        "ops0: the engine gave it no limit of processes",
        "ops0: the engine gave it no limit of memory and swap",
        "ops0: the engine gave it no limit of processors",
    ]


def test_a_runtime_that_the_engine_does_not_have_is_told_before_anything_starts(
    make: SimpleNamespace,
) -> None:
    docker = FakeDocker(runtimes=("kata", "runc"))
    setup = RunSetup(
        run=RunId("r1"),
        folder=run_folder(RunId("r1")),
        pipeline=make.pipeline(make.call("train")),
        slots=1,
        owner=this_process(),
    )
    with pytest.raises(NoRuntime, match="no runtime 'runsc'") as caught:
        ContainerEngine(docker, {"train": "sha256:1"}, "runsc").open(setup)
    assert caught.value.hint
    assert "it has kata, runc" in caught.value.hint
    assert docker.calls == []
    ContainerEngine(docker, {"train": "sha256:1"}, "kata").open(setup)


def test_a_second_attempt_uses_the_same_volume(make: SimpleNamespace) -> None:
    docker = FakeDocker()
    engine, job = opened(docker, make)
    engine.start(job, ignore, ignore)
    engine.start(
        Job(**{**{f: getattr(job, f) for f in Job.__slots__}, "attempt": 2}), ignore, ignore
    )
    assert [call for call in docker.calls if call.startswith("volume")] == ["volume ops0-r1-train"]


def test_the_volumes_that_a_parked_consumer_mounts_are_made_before_it_with_labels(
    make: SimpleNamespace,
) -> None:
    docker = FakeDocker()
    engine, job = opened(docker, make)
    engine.start(dataclasses.replace(job, producers=(CallId("load"),)), ignore, ignore)
    assert docker.calls[:3] == [
        "volume ops0-r1-train",
        "volume ops0-r1-load",
        "create ops0-r1-train-1",
    ]
    assert docker.things["volume", "ops0-r1-load"]["ops0.run"] == "r1"


@pytest.mark.parametrize(("total", "known"), [(8 * 2**30, True), (16 * 2**30, False)])
def test_only_an_engine_on_this_machine_has_its_memory(
    total: int, known: bool, make: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ops0.runtime.containers.memory", lambda: Memory(total, 2**30))
    engine, _ = opened(FakeDocker(), make)
    assert engine.free_memory() == (2**30 if known else None)


@pytest.mark.parametrize(("status", "tries"), [(400, 1), (500, 4), (503, 6)])
def test_a_container_that_does_not_start_is_removed(
    make: SimpleNamespace, monkeypatch: pytest.MonkeyPatch, status: int, tries: int
) -> None:
    monkeypatch.setattr(starting, "_PAUSES", (0.0,) * 5)
    docker = FakeDocker(start_fault=EngineRefused("start", status, "no runc"))
    engine, job = opened(docker, make)
    with pytest.raises(EngineRefused, match="no runc"):
        engine.start(job, ignore, ignore)
    assert docker.calls[-1] == "remove ops0-r1-train-1"
    assert docker.calls.count("start ops0-r1-train-1") == tries


@pytest.mark.parametrize("at", ["create_container", "attach", "start"])
def test_an_engine_whose_containerd_comes_back_makes_it_anew(
    make: SimpleNamespace, monkeypatch: pytest.MonkeyPatch, at: str
) -> None:
    """The run failed, though the step had done nothing yet. What is made anew is another container."""
    monkeypatch.setattr(starting, "_PAUSES", (0.0,) * 5)
    docker = FakeDocker()
    engine, job = opened(docker, make)
    whole, faults = getattr(docker, at), [EngineRefused(at, 500, "no containerd")] * 3

    def failing(name: str, *others: Any) -> Any:
        if faults:
            docker.calls.append(f"{at} fails")
            raise faults.pop()
        return whole(name, *others)

    setattr(docker, at, failing)
    assert engine.start(job, ignore, ignore).wait(lambda: True) == Exit(code=0, limit=2**30)
    fails = [n for n, call in enumerate(docker.calls) if call == f"{at} fails"]
    assert len(fails) == 3
    for one in fails:
        ahead = docker.calls[one + 1 :]
        assert ahead.index("remove ops0-r1-train-1") < ahead.index("create ops0-r1-train-1")


PAUSE = 20.0
SOON = 5.0
"""Seconds: what a pause would take, and what is far less than that, also on a busy machine."""


@pytest.mark.parametrize("ending", ["Ctrl-C", "a failure"])
def test_a_run_that_ends_does_not_wait_for_an_engine_that_cannot_start(
    make: SimpleNamespace, monkeypatch: pytest.MonkeyPatch, ending: str
) -> None:
    """It made and started containers that nobody wanted for half a minute, and twice Ctrl-C did not end that."""
    monkeypatch.setattr(starting, "_PAUSES", (PAUSE,) * 5)
    paused = threading.Event()

    class Failing(FakeDocker):
        def start(self, name: str) -> bool:
            if "-other-" in name:
                return super().start(name)
            self.calls.append(f"start {name}")
            paused.set()
            if ending == "Ctrl-C":
                os.kill(os.getpid(), signal.SIGINT)
            raise EngineRefused("start", 503, "no containerd")

        def wait(self, name: str, timeout: float) -> bool:
            assert paused.wait(SOON)
            return super().wait(name, timeout)

    docker = Failing(end=dataclasses.replace(ENDED, code=3))
    calls = [make.call("train"), make.call("use", "train")]
    if ending == "a failure":
        calls.append(make.call("other"))
    pipeline = make.pipeline(*calls)
    engine = ContainerEngine(docker, {call.step: "sha256:1" for call in calls})
    begin = time.monotonic()
    with pytest.raises(KeyboardInterrupt if ending == "Ctrl-C" else CallFailed):
        run_pipeline(pipeline, engine, RunOptions(jobs=2))
    assert time.monotonic() - begin < SOON
    assert len([one for one in docker.calls if one.startswith("create") and "-train-" in one]) == 1
    assert docker.things == {}


def closed_meanwhile(
    engine: ContainerEngine, job: Job, under_way: threading.Event, goes_on: threading.Event
) -> list[EngineError]:
    """Start a container, close the engine while that is under way, let it go on; gives what it ended with."""
    faults: list[EngineError] = []

    def start() -> None:
        try:
            engine.start(job, ignore, ignore)
        except EngineError as fault:
            faults.append(fault)

    thread = threading.Thread(target=start)
    thread.start()
    assert under_way.wait(SOON)
    engine.close()
    goes_on.set()
    thread.join(SOON)
    return faults


def test_a_container_that_is_being_made_while_all_is_removed_is_not_made_again(
    make: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The engine made the removed volumes that it mounts anew, without labels: nothing found them any more."""
    monkeypatch.setattr(starting, "_PAUSES", (0.0,) * 5)
    docker = FakeDocker(start_fault=EngineRefused("start", 503, "no containerd"))
    engine, job = opened(docker, make)
    create, being_made, made = docker.create_container, threading.Event(), threading.Event()

    def slow(name: str, config: Mapping[str, Any]) -> None:
        create(name, config)
        being_made.set()
        assert made.wait(SOON)

    docker.create_container = slow  # type: ignore[method-assign]
    faults = closed_meanwhile(engine, job, being_made, made)
    assert [str(fault) for fault in faults] == [str(docker.start_fault)]
    assert docker.calls.count("create ops0-r1-train-1") == 1
    assert docker.things == {}


def test_one_that_hangs_in_the_engine_until_all_is_removed_leaves_nothing_unlabelled(
    make: SimpleNamespace,
) -> None:
    """Its request came through after the clean-up: the volumes that it mounts came back, and nothing found them."""
    docker = FakeDocker()
    engine, job = opened(docker, make)
    job = dataclasses.replace(job, producers=(CallId("load"),))
    create, hangs, goes_on = docker.create_container, threading.Event(), threading.Event()

    def late(name: str, config: Mapping[str, Any]) -> None:
        hangs.set()
        assert goes_on.wait(SOON)
        create(name, config)
        raise EngineTimeout(docker.address, f"create {name}", 60)

    docker.create_container = late  # type: ignore[method-assign]
    closed_meanwhile(engine, job, hangs, goes_on)
    left = {name: told.get("ops0.run") for (_, name), told in docker.things.items()}
    assert left == dict.fromkeys(("ops0-r1-load", "ops0-r1-train", "ops0-r1-train-1"), job.run)
    assert all("ops0.owner" in told for told in docker.things.values())


def test_what_comes_to_its_container_too_late_makes_none(
    make: SimpleNamespace, tmp_path: Path
) -> None:
    """A worker may have been at a vault, or at another value, when the run was given up. The next run is another."""
    docker = FakeDocker()
    engine, job = opened(docker, make)
    engine.give_up_starts()
    with pytest.raises(EngineError, match="container ops0-r1-train-1: it is not made any more"):
        engine.start(job, ignore, ignore)
    with pytest.raises(EngineError, match="container ops0-r1-train-0: it is not made any more"):
        engine.restore(job.call, 0, tmp_path)
    assert docker.calls == ["volume ops0-r1-train"]
    engine.close()
    again = RunId("r2")
    engine.open(
        RunSetup(
            run=again,
            folder=run_folder(again),
            pipeline=make.pipeline(make.call("train")),
            slots=2,
            owner=this_process(),
        )
    )
    engine.start(dataclasses.replace(job, run=again), ignore, ignore)
    assert docker.calls[-1] == "start ops0-r2-train-1"


def test_channels_are_told_apart_and_the_end_is_inspected(make: SimpleNamespace) -> None:
    docker = FakeDocker(output=frame(1, '{"event"') + frame(2, "printed\n") + frame(1, ": 1}\n"))
    docker.end = ContainerState(
        running=False, started=True, code=139, out_of_memory=False, memory=0
    )
    engine, job = opened(docker, make)
    said: list[str] = []
    printed: list[str] = []
    attempt = engine.start(job, said.append, printed.append)
    assert attempt.wait(lambda: True) == Exit(code=139, signal="SIGSEGV")
    assert (said, printed) == (['{"event": 1}'], ["printed"])


@pytest.mark.parametrize("whole", [True, False])
def test_what_nobody_heard_is_fetched_from_the_engines_log(
    make: SimpleNamespace, whole: bool
) -> None:
    """A connection broke off in the middle of two lines."""
    docker = FakeDocker(output=frame(2, "one\ntw") + frame(1, '{"a": 1}\n{"b'))
    docker.kept = frame(2, "one\ntwo\nthree\n") + frame(1, '{"a": 1}\n{"b": 2}\n')
    engine, job = opened(docker, make)
    said: list[str] = []
    printed: list[str] = []
    engine.start(job, said.append, printed.append).wait(lambda: whole)
    assert printed == (["one", "tw"] if whole else ["one", "two", "three"])
    assert said == (['{"a": 1}', '{"b'] if whole else ['{"a": 1}', '{"b": 2}'])


def test_a_rotated_log_gives_the_protocol_that_is_left_of_it(make: SimpleNamespace) -> None:
    """The Engine's log has lost its beginning, so nobody knows where what was heard ends in it."""
    docker = FakeDocker(output=frame(2, "a line\n" * 9) + frame(1, '{"event": "ready"}\n{"ev'))
    docker.kept = frame(2, "its end\n") + frame(1, '{"failed": 1}\n')
    engine, job = opened(docker, make)
    said: list[str] = []
    printed: list[str] = []
    engine.start(job, said.append, printed.append).wait(lambda: False)
    assert said == ['{"event": "ready"}', '{"ev', '{"failed": 1}']
    assert printed == ["a line"] * 9


def test_a_value_made_after_the_run_was_taken_over_can_be_read(make: SimpleNamespace) -> None:
    docker = FakeDocker(files={"1/manifest.json": b"{}"})
    run = RunId("r1")
    docker.things["volume", "ops0-r1-load"] = {"ops0.run": "r1", "ops0.call": "load"}
    engine = ContainerEngine(docker, {"train": "sha256:1"})
    pipeline = make.pipeline(make.call("load"), make.call("train"))
    setup = RunSetup(
        run=run, folder=run_folder(run), pipeline=pipeline, slots=2, owner=this_process()
    )
    engine.open(dataclasses.replace(setup, resumed=True))
    job = Job(
        run=run, call=CallId("train"), attempt=1, nonce="n", step=make.step("train"), producers=()
    )
    engine.start(job, ignore, ignore)
    for call in ("load", "train", "train"):
        list(engine.stored(CallId(call), 1))
    held = [
        [mount["Source"] for mount in config["HostConfig"]["Mounts"]]
        for name, config in docker.configs.items()
        if ".held-" in name
    ]
    assert held == [["ops0-r1-load"], ["ops0-r1-train"]]


def test_a_volume_that_goes_while_a_run_is_taken_over_leaves_none_behind(
    make: SimpleNamespace,
) -> None:
    """The Engine makes what a container mounts: without labels, and nobody would ever find it again."""

    class Racing(FakeDocker):
        def owned(self, label: str, value: str | None = None) -> tuple[Owned, ...]:
            found = super().owned(label, value)
            self.things.pop(("volume", "ops0-r1-load"), None)  # by another ops0, once
            return found

    docker = Racing()
    docker.things["volume", "ops0-r1-load"] = {"ops0.run": "r1", "ops0.call": "load"}
    run = RunId("r1")
    pipeline = make.pipeline(make.call("load"), make.call("train"))
    setup = RunSetup(
        run=run, folder=run_folder(run), pipeline=pipeline, slots=2, owner=this_process()
    )
    engine = ContainerEngine(docker, {"train": "sha256:1"})
    engine.open(dataclasses.replace(setup, resumed=True))
    assert docker.things["volume", "ops0-r1-load"]["ops0.run"] == "r1"
    engine.close()
    assert docker.things == {}


def test_an_engine_that_comes_back_is_asked_again(make: SimpleNamespace) -> None:
    docker = FakeDocker(away=3)
    engine, job = opened(docker, make)
    assert engine.start(job, ignore, ignore).wait(lambda: True) == Exit(code=0, limit=2**30)


def test_one_whose_streams_may_be_dead_is_made_again(make: SimpleNamespace) -> None:
    """The engine died between attach and start: a container that listens to nobody is never told to go."""
    docker = FakeDocker(slow_starts=1)
    engine, job = opened(docker, make)
    name = engine.title(job)
    engine.start(job, ignore, ignore)
    made = [f"create {name}", f"attach {name}", f"start {name}"]
    assert [call for call in docker.calls if name in call.split()] == [
        *made,
        f"remove {name}",
        *made,
    ]
    engine, job = opened(FakeDocker(slow_starts=9), make)
    with pytest.raises(EngineLost):
        engine.start(job, ignore, ignore)


@pytest.mark.parametrize(
    ("went", "lost"), [(None, True), (0.0, True), (60.0, False)], ids=["parked", "just", "long"]
)
def test_one_that_lives_on_when_its_engine_died_may_lack_its_line(
    make: SimpleNamespace, monkeypatch: pytest.MonkeyPatch, went: float | None, lost: bool
) -> None:
    """A line that was underway is lost with the engine; a step that has long gone to work is waited for."""
    docker = FakeDocker(away=1, still_runs=3)
    engine, job = opened(docker, make)
    attempt = engine.start(job, ignore, ignore)
    if went is not None:
        attempt.go(b"{}\n")
        clock = time.monotonic
        monkeypatch.setattr(container_attempt.time, "monotonic", lambda: clock() + went)
    attempt.wait(lambda: True)
    assert (f"remove {engine.title(job)}" in docker.calls) is lost


def test_a_container_that_is_gone_is_lost(make: SimpleNamespace) -> None:
    docker = FakeDocker(end=None)
    engine, job = opened(docker, make)
    assert engine.start(job, ignore, ignore).wait(lambda: True) == Exit(code=255, lost=True)


def test_an_engine_that_stays_away_is_lost() -> None:
    docker = FakeDocker(away=10**9)
    with pytest.raises(EngineLost):
        patiently(lambda: docker.state("x"), docker.address, limit=0.2)


def test_an_engine_that_several_attempts_lost_is_told_once() -> None:
    with pytest.raises(EngineLost, match="does not answer any more"):
        raise_together([EngineLost("tcp://far:2376", waited) for waited in (120.2, 121.4, 31.0)])


def test_manifest_and_members_come_as_a_tar(make: SimpleNamespace) -> None:
    docker = FakeDocker(files={"1/manifest.json": b"{}", "1/value.json": b"3"})
    engine, job = opened(docker, make)
    attempt = engine.start(job, ignore, ignore)
    assert attempt.manifest() == b"{}"
    assert [(m.name, m.kind, m.read(9)) for m in attempt.members()] == [
        ("manifest.json", "file", b"{}"),
        ("value.json", "file", b"3"),
    ]
    docker.files.clear()
    assert attempt.manifest() is None


def test_closing_removes_all_of_the_run_and_nothing_else(make: SimpleNamespace) -> None:
    docker = FakeDocker(in_use=1)
    engine, job = opened(docker, make)
    engine.start(job, ignore, ignore)
    docker.things["volume", "other"] = {"ops0.run": "r2"}
    docker.things["volume", "mine"] = {}
    engine.close()
    engine.close()
    assert sorted(name for _, name in docker.things) == ["mine", "other"]


def test_closing_tries_everything_and_says_what_stays(make: SimpleNamespace) -> None:
    docker = FakeDocker(in_use=10**9)
    engine, job = opened(docker, make)
    engine.start(job, ignore, ignore)
    docker.things["volume", "ops0-r1-load"] = {"ops0.run": "r1"}
    with pytest.raises(ErrorGroup, match="in use"):
        engine.close()
    assert ("container", "ops0-r1-train-1") not in docker.things


def test_orphans_go_and_what_is_in_use_does_not_stop_a_run() -> None:
    me = this_process()
    gone = dataclasses.replace(me, started=me.started + 1)
    docker = FakeDocker(in_use=1)
    for kind, name, owner in (
        ("container", "c", gone),
        ("volume", "used", gone),
        ("volume", "free", gone),
        ("volume", "alive", me),
    ):
        docker.things[kind, name] = {"ops0.run": "r", **owner_labels(owner)}
    assert remove_orphans(docker, dry_run=True) == ("c", "used", "free")
    assert remove_orphans(docker) == ("c", "free")
    assert sorted(name for _, name in docker.things) == ["alive", "used"]


def test_the_go_line_is_one_line(make: SimpleNamespace) -> None:
    docker = FakeDocker()
    engine, job = opened(docker, make)
    engine.start(job, ignore, ignore).go(json.dumps({"v": 1}).encode() + b"\n")
    assert docker.written == b'{"v": 1}\n'


def test_what_a_resumed_run_has_made_can_be_read_where_nothing_was_left(
    make: SimpleNamespace,
) -> None:
    """Else its values are lost when it fails once more: the holder of no volume had taken the name."""
    docker = FakeDocker(files={"1/manifest.json": b"{}"})
    run = RunId("r1")
    engine = ContainerEngine(docker, {"train": "sha256:1"})
    pipeline = make.pipeline(make.call("train"))
    setup = RunSetup(
        run=run, folder=run_folder(run), pipeline=pipeline, slots=1, owner=this_process()
    )
    engine.open(dataclasses.replace(setup, resumed=True))
    job = Job(
        run=run, call=CallId("train"), attempt=1, nonce="n", step=make.step("train"), producers=()
    )
    engine.start(job, ignore, ignore)
    list(engine.stored(CallId("train"), 1))
    holders = [config for name, config in docker.configs.items() if ".held-" in name]
    mounted = [[one["Source"] for one in config["HostConfig"]["Mounts"]] for config in holders]
    assert mounted == [["ops0-r1-train"]]
