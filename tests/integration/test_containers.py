"""Runs in containers on a real engine: the walls, the endings, hostile outputs, and that nothing is left."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import textwrap
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from docker_client import docker
from handmade import a_chain
from running import left_in_engine
from running.images import StepImages

from ops0.core.pipeline import CallId, Pipeline, Reason, Step
from ops0.host.engine_socket import EngineSocket
from ops0.host.walls import Allowed, broken_rules
from ops0.runtime.containers import ContainerEngine
from ops0.runtime.engines.clean import remove_orphans
from ops0.runtime.engines.docker_engine import connect
from ops0.runtime.engines.standing import NoRuntime
from ops0.runtime.errors import OutOfMemory, StepCrashed, StepFailed, StepResultFault, StepTimedOut
from ops0.runtime.orchestrator import RunOptions, run_pipeline
from ops0.runtime.outputs.results import Stored
from ops0.runtime.report import Report

pytestmark = pytest.mark.docker

STEPS = '''
import os, pathlib, signal, socket, subprocess, sys, time

def number(x=0, seconds=0.0):
    print("counting")
    time.sleep(seconds)
    return x + 1

def uses_secret():
    secret = os.environ["A"]
    print("with", secret)
    sys.stderr.flush()
    time.sleep(2)
    return len(secret)

def fails(x=0):
    raise ValueError("no rows")

def hungry():
    kept = []
    while True:
        kept.append(bytearray(16 << 20))

def segfault():
    os.kill(os.getpid(), signal.SIGSEGV)

def ends_at_once():
    os._exit(0)

def code_7():
    os._exit(7)

def deaf(seconds=600):
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    print("counting")
    time.sleep(seconds)

def noisy():
    for n in range(100_000):
        print("line", n, "x" * 80)
    return 1

def leaves_a_child(x=0):
    subprocess.Popen(["sleep", "60"])
    return x + 1

def big(x=None):
    return bytes(3_000_000)

def length(x):
    return len(x)

def forger():
    """Puts links, devices' cousins and files beside its output."""
    out = pathlib.Path("/ops0/out/1")
    out.mkdir(exist_ok=True)
    (out / "shadow").symlink_to("/etc/shadow")
    return 1

def fifo():
    pathlib.Path("/ops0/out/1").mkdir(exist_ok=True)
    os.mkfifo("/ops0/out/1/pipe")
    return 1

def own_names():
    """Its own name and localhost, to both of which Spark, Ray and PyTorch's process groups connect."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        for name in (socket.gethostname(), "localhost"):
            socket.create_connection((name, server.getsockname()[1]), 5).close()
    return socket.gethostbyname(socket.gethostname())

def walls():
    found = {}
    def probe(name, attempt):
        try:
            attempt()
            found[name] = "done"
        except BaseException as fault:
            found[name] = type(fault).__name__
    probe("root is writable", lambda: open("/root-file", "w"))
    probe("code is writable", lambda: open("/ops0/code/pipeline.py", "a"))
    probe("becomes root", lambda: os.setuid(0))
    probe("makes a device", lambda: os.mknod("/tmp/device", 0o60666, os.makedev(8, 0)))
    probe("reaches the network", lambda: socket.create_connection(("192.0.2.1", 80), 2))
    probe("changes the host name", lambda: socket.sethostname("x"))
    def run_from_tmp():
        pathlib.Path("/tmp/program").write_text("#!/bin/sh\\nexit 0\\n")
        os.chmod("/tmp/program", 0o755)
        subprocess.run(["/tmp/program"], check=True)
    probe("runs a program from /tmp", run_from_tmp)
    probe("sees the socket", lambda: os.stat("/var/run/docker.sock"))
    found["uid"] = os.getuid()
    found["home"] = os.path.expanduser("~")
    found["interfaces"] = sorted(name for _, name in socket.if_nameindex())
    status = pathlib.Path("/proc/self/status").read_text()
    found["capabilities"] = [l.split()[1] for l in status.splitlines() if l.startswith("CapEff")][0]
    found["no new privileges"] = [l.split()[1] for l in status.splitlines() if l.startswith("NoNewPrivs")][0]
    found["seccomp"] = [l.split()[1] for l in status.splitlines() if l.startswith("Seccomp:")][0]
    return found

def writes_to_its_input(x):
    try:
        pathlib.Path("/ops0/in/a/1/manifest.json").write_text("{}")
    except OSError as fault:
        return type(fault).__name__ + str(fault.errno)
'''


@pytest.fixture(scope="module")
def images(tmp_path_factory: pytest.TempPathFactory) -> Iterator[StepImages]:
    made = StepImages(tmp_path_factory.mktemp("context"), STEPS)
    yield made
    made.remove()


def run(images: StepImages, pipeline: Pipeline, **more: Any) -> Report:
    ids: list[str] = []
    runtime = more.pop("runtime", None)
    step_images = {step.name: images[step.name] for step in pipeline.steps}
    engine = ContainerEngine(connect(), step_images, runtime)
    hear = more.pop("on_event", lambda event: None)
    down: dict[str, list[str]] = {}
    steps = {call.id: pipeline.step(call.step) for call in pipeline.calls}

    def first(event: Any) -> None:
        if event.kind == "run.started":
            ids.append(event.data["run"])
        elif event.kind == "attempt.go":
            name = f"ops0-{ids[0]}-{event.call}-{event.attempt}"
            down[name] = walls_down(name, steps[event.call])
        hear(event)

    try:
        return run_pipeline(pipeline, engine, RunOptions(**more), on_event=first)
    finally:
        assert left_in_engine(ids[0]) == []
        assert all(found == [] for found in down.values()), down


def walls_down(name: str, step: Step) -> list[str]:
    """The rules that a running container breaks. Every container of every run of this file passes all of them."""
    answer = EngineSocket.from_environment().call("GET", f"/containers/{name}/json", accept=(404,))
    if answer.status == 404:
        return []  # it had nothing to do
    asked = Allowed(
        network=step.options.network,
        native_code=bool(step.native_code),
        quiet=bool(step.options.secrets),
    )
    return [rule.name for rule in broken_rules(answer.json(), asked)]


def test_values_go_from_container_to_container(images: StepImages) -> None:
    pipeline = a_chain(("a", "big", {}), ("b", "length", {"x": "a"}), ("c", "number", {"x": "b"}))
    report = run(images, pipeline)
    assert report.results == {"c": 3_000_001}
    assert [call.state for call in report.calls] == ["done"] * 3


def test_a_step_without_a_network_finds_itself_and_localhost_by_name(images: StepImages) -> None:
    assert run(images, a_chain(("a", "own_names", {}))).results == {"a": "127.0.0.1"}


def test_the_next_container_goes_when_nothing_of_the_one_before_can_run(images: StepImages) -> None:
    """Its exit is not waited for; that of one which has left a child is, and the end of what is read out of it here."""
    told: dict[str, Any] = {}
    calls = [
        ("a", "number", {}),
        ("b", "leaves_a_child", {"x": "a"}),
        ("c", "number", {"x": "b"}),
    ]

    def hear(event: Any) -> None:
        if event.kind == "attempt.done":
            told[event.call] = event.data["exit"]

    assert run(images, a_chain(*calls), on_event=hear).results == {"c": 3}
    assert told == {"a": None, "b": 0, "c": None}
    run(images, a_chain(("a", "big", {})), on_event=hear)
    assert told["a"] == 0, "a large result is read when its container has ended"


def test_a_result_that_is_not_json_is_kept_as_it_was_written(images: StepImages) -> None:
    result = run(images, a_chain(("a", "big", {}))).results[CallId("a")]
    assert isinstance(result, Stored)
    assert result.size == 3_000_000
    assert [p.stat().st_size for p in result.path.iterdir() if p.name != "manifest.json"] == [
        3_000_000
    ]


def test_the_walls_hold_from_inside(images: StepImages) -> None:
    found = run(images, a_chain(("a", "walls", {}))).results[CallId("a")]
    assert isinstance(found, dict)
    assert found == {
        "root is writable": "OSError",
        "code is writable": found["code is writable"],
        "becomes root": "PermissionError",
        "makes a device": "PermissionError",
        "reaches the network": "OSError",
        "changes the host name": "PermissionError",
        "runs a program from /tmp": "PermissionError",
        "sees the socket": "FileNotFoundError",
        "uid": 65532,
        "home": "/tmp",
        "interfaces": found["interfaces"],
        "capabilities": "0000000000000000",
        "no new privileges": "1",
        "seccomp": "2",
    }
    assert found["code is writable"] in ("OSError", "PermissionError")
    assert "eth0" not in found["interfaces"]


def test_network_is_given_only_when_asked_for(images: StepImages) -> None:
    found = run(images, a_chain(("a", "walls", {}), network=True)).results[CallId("a")]
    assert isinstance(found, dict)
    assert "eth0" in found["interfaces"]


def test_native_code_is_run_only_where_it_is_asked_for_and_every_other_wall_stays(
    images: StepImages,
) -> None:
    plain = a_chain(("a", "walls", {}))
    why = (Reason(plain.steps[0].where, "compiles"),)
    native = replace(plain, steps=(replace(plain.steps[0], native_code=why),))
    before = run(images, plain).results[CallId("a")]
    found = run(images, native).results[CallId("a")]
    assert isinstance(before, dict)
    assert found == {**before, "runs a program from /tmp": "done"}


def test_the_walls_hold_over_inspect(images: StepImages) -> None:
    seen: list[dict[str, Any]] = []

    def hear(event: Any) -> None:
        if event.kind == "attempt.go":
            name = f"ops0-{run_of[0]}-a-1"
            seen.extend(json.loads(docker("inspect", name)))
        elif event.kind == "run.started":
            run_of.append(event.data["run"])

    run_of: list[str] = []
    run(images, a_chain(("a", "number", {"seconds": 0.5}), memory=2**28, cpu=0.5), on_event=hear)
    host, config = seen[0]["HostConfig"], seen[0]["Config"]
    assert {
        "user": config["User"],
        "image": config["Image"],
        "init": host["Init"],
        "root": host["ReadonlyRootfs"],
        "drop": host["CapDrop"],
        "add": host["CapAdd"],
        "security": host["SecurityOpt"],
        "privileged": host["Privileged"],
        "network": host["NetworkMode"],
        "ipc": host["IpcMode"],
        "pid": host["PidMode"],
        "uts": host["UTSMode"],
        "binds": host["Binds"],
        "devices": host["Devices"],
        "ports": host["PortBindings"],
        "pids": host["PidsLimit"],
        "memory": (host["Memory"], host["MemorySwap"]),
        "cpu": host["NanoCpus"],
        "tmp": sorted(host["Tmpfs"]["/tmp"].split(","))[:4],
        "log": host["LogConfig"]["Type"],
        "mounts": [(m["Type"], m["Destination"], m["RW"]) for m in seen[0]["Mounts"]],
        "limits": {u["Name"]: u["Hard"] for u in host["Ulimits"]},
    } == {
        "user": "65532:65532",
        "image": images["number"],
        "init": True,
        "root": True,
        "drop": ["ALL"],
        "add": None,
        "security": ["no-new-privileges:true"],
        "privileged": False,
        "network": "none",
        "ipc": "private",
        "pid": "",
        "uts": "",
        "binds": None,
        "devices": None,
        "ports": None,
        "pids": 1024,
        "memory": (2**28, 2**28),
        "cpu": 500_000_000,
        "tmp": ["mode=1777", "nodev", "noexec", "nosuid"],
        "log": "local",
        "mounts": [("volume", "/ops0/out", True)],
        "limits": {"core": 0, "fsize": 64 * 2**30, "nofile": 8192},
    }


def test_a_runtime_of_the_engine_runs_the_steps(images: StepImages) -> None:
    """What another runtime does is its own matter; that it is asked for is ours."""
    seen: list[str] = []

    def hear(event: Any) -> None:
        if event.kind == "run.started":
            seen.append(event.data["run"])
        elif event.kind == "attempt.go":
            seen.append(docker("inspect", "-f", "{{.HostConfig.Runtime}}", f"ops0-{seen[0]}-a-1"))

    pipeline = a_chain(("a", "number", {"seconds": 0.3}))
    run(images, pipeline, on_event=hear, runtime="io.containerd.runc.v2")
    assert seen[1] == "io.containerd.runc.v2"
    engine = ContainerEngine(connect(), {"number": images["number"]}, "runsc-of-nobody")
    with pytest.raises(NoRuntime, match="runsc-of-nobody"):
        run_pipeline(pipeline, engine)


def test_a_consumer_cannot_change_its_input(images: StepImages) -> None:
    report = run(images, a_chain(("a", "number", {}), ("b", "writes_to_its_input", {"x": "a"})))
    assert report.results == {"b": "OSError30"}


@pytest.mark.parametrize(
    ("step", "options", "error", "says"),
    [
        ("fails", {}, StepFailed, "ValueError: no rows"),
        ("hungry", {"memory": 96 * 2**20}, OutOfMemory, "96 MiB"),
        ("segfault", {}, StepCrashed, "SIGSEGV"),
        ("ends_at_once", {}, StepCrashed, "exit code 0 but left no result"),
        ("code_7", {}, StepCrashed, "exit code 7"),
        ("number", {"timeout": 0.5}, StepTimedOut, "longer than"),
        ("forger", {}, StepResultFault, "symlink"),
        ("fifo", {}, StepResultFault, "fifo"),
    ],
)
def test_each_bad_end_has_its_class(
    images: StepImages, step: str, options: dict[str, Any], error: type[Exception], says: str
) -> None:
    inputs = {"seconds": 60} if step == "number" else {}
    with pytest.raises(error, match=says) as caught:
        run(images, a_chain(("a", step, inputs), **options))
    assert f"--entrypoint sh {images[step]}" in str(caught.value)


def test_a_deaf_step_is_killed_after_its_grace(
    images: StepImages, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ops0.runtime.orchestrator.GRACE", 1)
    begin = time.monotonic()
    with pytest.raises(StepTimedOut):
        run(images, a_chain(("a", "deaf", {}), timeout=0.5))
    assert time.monotonic() - begin < 300, "of itself it ends after ten minutes"


def test_the_whole_log_is_kept(images: StepImages) -> None:
    report = run(images, a_chain(("a", "noisy", {})))
    lines = report.folder.log(CallId("a"), 1).read_text().splitlines()
    assert len(lines) == 100_000
    assert lines[-1].startswith("line 99999 ")


def test_of_a_flood_the_beginning_and_the_end_are_kept_and_it_is_said(images: StepImages) -> None:
    told: list[str] = []

    def hear(event: Any) -> None:
        if event.kind == "attempt.done":
            told.append(event.data["warning"])

    report = run(images, a_chain(("a", "noisy", {})), on_event=hear, log_limit=2**20)
    log = report.folder.log(CallId("a"), 1)
    assert log.stat().st_size < 1.5 * 2**20
    lines = log.read_text().splitlines()
    assert lines[0].startswith("line 0 ")
    assert lines[-1].startswith("line 99999 ")
    assert len(told) == 1
    assert "of its log are left out (setting `log_limit`)" in told[0]


SCRIPT = """
    import sys
    sys.path.append(sys.argv[1])
    from handmade import a_chain
    from ops0.runtime.containers import ContainerEngine
    from ops0.runtime.engines.docker_engine import connect
    from ops0.runtime import orchestrator
    from ops0.runtime.orchestrator import run_pipeline
    orchestrator.GRACE = float(sys.argv[5])
    def hear(event):
        if event.kind in ("run.started", "attempt.log"):
            print(event.data.get("run", "GO"), flush=True)
    run_pipeline(
        a_chain(("a", sys.argv[2], {"seconds": 600}), ("b", "number", {"x": "a"})),
        ContainerEngine(connect(), {sys.argv[2]: sys.argv[3], "number": sys.argv[4]}), on_event=hear)
"""
TESTS = Path(__file__).parents[1]
DEAF_GRACE = 200.0
"""Seconds: what a machine under load needs to end a run at once is far from it."""


def start_run(images: StepImages, step: str) -> tuple[subprocess.Popen[str], str]:
    """A run in a process of its own, up to the moment when its step works; and its id."""
    script = textwrap.dedent(SCRIPT)
    grace = str(DEAF_GRACE if step == "deaf" else 10.0)
    argv = [sys.executable, "-c", script, str(TESTS), step, images[step], images["number"], grace]
    program = subprocess.Popen(argv, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert program.stdout is not None
    run_id = program.stdout.readline().strip()
    assert program.stdout.readline() == "GO\n"
    assert len(left_in_engine(run_id)) >= 2
    return program, run_id


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_one_signal_stops_orderly(images: StepImages, number: signal.Signals) -> None:
    program, run_id = start_run(images, "number")
    program.send_signal(number)
    _, err = program.communicate(timeout=120)
    assert err.strip().splitlines()[-1].startswith("KeyboardInterrupt: to go on with it: ")
    assert left_in_engine(run_id) == []


def test_two_signals_stop_now(images: StepImages) -> None:
    program, run_id = start_run(images, "deaf")
    begin = time.monotonic()
    program.send_signal(signal.SIGINT)
    time.sleep(0.3)
    program.send_signal(signal.SIGINT)
    program.communicate(timeout=300)
    assert time.monotonic() - begin < DEAF_GRACE, "it was waited for in order"
    assert left_in_engine(run_id) == []


def test_what_a_killed_run_left_is_removed_by_the_next(images: StepImages) -> None:
    program, run_id = start_run(images, "number")
    alive = remove_orphans(connect(), dry_run=True)
    program.kill()
    program.communicate(timeout=120)
    assert not [name for name in alive if run_id in name]
    assert left_in_engine(run_id) != []
    run(images, a_chain(("a", "number", {})))
    assert left_in_engine(run_id) == []


def test_a_secret_is_in_no_inspect_and_no_log_of_the_engine(
    images: StepImages, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HERE", "correct-horse-battery")
    seen: list[str] = []

    def look(event: Any) -> None:
        if event.kind == "attempt.starting":
            seen.append(event.data["what"])
        if event.kind == "attempt.log":
            seen.append(event.data["line"])
            seen.append(docker("inspect", seen[0]))
            seen.append(docker("top", seen[0], "-eo", "pid,args"))
            logs = subprocess.run(
                ["docker", "logs", seen[0]], capture_output=True, text=True, check=False
            )
            seen.append(logs.stdout + logs.stderr)

    pipeline = a_chain(("a", "uses_secret", {}), secrets=(("A", "env:HERE"),))
    report = run(images, pipeline, on_event=look)
    assert report.results == {"a": 21}
    assert report.folder.log(CallId("a"), 1).read_text() == "with ***\n"
    assert len(seen) == 5
    assert seen[1] == "with ***"
    assert not [text for text in seen if "correct-horse" in text]
    kept = [path for path in report.folder.path.rglob("*") if path.is_file()]
    assert not [path for path in kept if b"correct-horse" in path.read_bytes()]
