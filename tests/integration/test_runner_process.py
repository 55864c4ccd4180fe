"""The runner as a process: what it is told, what it says, and how it ends. No Docker."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import textwrap
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import cloudpickle
import pytest

import ops0
import ops0_runner
from ops0.core.analyzer.project.already_loaded import ALREADY_LOADED
from ops0.core.values.manifest import read_manifest
from ops0.core.values.store import load_value
from ops0.runtime.outputs.manifest import told_manifest
from ops0_runner import protocol

# Another Python may be named to try the runner on: it needs no more than cloudpickle, which stands beside pytest here.
HOMES = [str(Path(package.__path__[0]).parent) for package in (ops0, ops0_runner)]
PYTHON = os.environ.get("OPS0_TEST_RUNNER_PYTHON", sys.executable)


def test_what_counts_as_loaded_before_all_user_code_is() -> None:
    names = "*sys.modules, *sys.builtin_module_names"
    code = f"import sys; sys.path += {HOMES}; import ops0_runner.__main__; print({names})"
    done = subprocess.run([PYTHON, "-I", "-c", code], capture_output=True, text=True, check=True)
    assert set(done.stdout.split()) >= ALREADY_LOADED


@dataclass
class Attempt:
    """One attempt in a folder of its own: ``code`` is the pipeline's file."""

    folder: Path
    code: str
    function: str = "step"
    module: str = "pipeline"
    extra: dict[str, Any] = field(default_factory=dict)

    def start(self, path: str = "code/pipeline.py") -> subprocess.Popen[bytes]:
        file = self.folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(textwrap.dedent(self.code))
        step = {
            "v": 1,
            "step": "step",
            "module": self.module,
            "function": self.function,
            "roots": [str(self.folder / "code")],
            **self.extra,
        }
        (self.folder / "step.json").write_text(json.dumps(step))
        return start_runner(str(self.folder / "step.json"), cwd=self.folder)

    def go(self, inputs: Mapping[str, Any] | None = None) -> bytes:
        line = {
            "v": 1,
            "run": "r",
            "call": "step",
            "attempt": 1,
            "nonce": "00ff",
            "output": str(self.folder / "out"),
            "inputs": dict(inputs or {}),
        }
        return json.dumps(line).encode() + b"\n"

    def run(self, inputs: Mapping[str, Any] | None = None) -> Ended:
        return ended(self.start(), self.go(inputs))

    def value(self, item: int | None = None) -> Any:
        manifest = read_manifest(str(self.folder / "out"), "00ff")
        return load_value(manifest["value"], str(self.folder / "out"), item)


@dataclass
class Ended:
    code: int
    events: list[dict[str, Any]]
    printed: str

    @property
    def failure(self) -> dict[str, Any]:
        failure: dict[str, Any] = self.events[-1]["failure"]
        return failure


def environment() -> dict[str, str]:
    beside = [] if sys.executable == PYTHON else [str(Path(cloudpickle.__file__).parent.parent)]
    return {
        **os.environ,
        "PYTHONPATH": os.pathsep.join(HOMES + beside),
        "PYTHONWARNINGS": "error",
        "PYTHONUTF8": "1",
    }


def start_runner(*arguments: str, cwd: Path) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [PYTHON, "-m", "ops0_runner", *arguments],
        cwd=cwd,
        env=environment(),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )


def ended(runner: subprocess.Popen[bytes], send: bytes = b"") -> Ended:
    try:
        out, err = runner.communicate(send, timeout=180)
    except subprocess.TimeoutExpired:
        runner.kill()
        raise
    return Ended(runner.returncode, [json.loads(line) for line in out.splitlines()], err.decode())


def attempt(folder: Path, code: str, **kwargs: Any) -> Attempt:
    return Attempt(folder, code, **kwargs)


def test_a_step_from_import_to_manifest(tmp_path: Path) -> None:
    one = attempt(
        tmp_path, "import ops0\n@ops0.step\ndef step(a, k=2):\n    return {'sum': a + k}\n"
    )
    done = one.run({"a": {"from": "json", "value": 3}})
    assert (done.code, done.printed) == (protocol.EXIT_DONE, "")
    assert [event["event"] for event in done.events] == ["ready", "done"]
    assert done.events[0]["seconds"] >= 0
    manifest = read_manifest(str(tmp_path / "out"), "00ff")
    assert done.events[1]["manifest"] == manifest
    written = (tmp_path / "out" / protocol.MANIFEST_NAME).read_bytes()
    assert told_manifest(done.events[1]) == written
    assert {key: manifest[key] for key in ("v", "run", "call", "attempt", "nonce")} == {
        "v": 1,
        "run": "r",
        "call": "step",
        "attempt": 1,
        "nonce": "00ff",
    }
    assert manifest["value"]["type"] == "builtins.dict"
    assert manifest["value"]["preview"] == "{'sum': 5}"
    assert one.value() == {"sum": 5}


def test_an_input_comes_from_another_attempt(tmp_path: Path) -> None:
    first = attempt(tmp_path / "a", "def step():\n    return [1, 2], {'x': 3}\n")
    first.run()
    given = {"from": "value", "path": str(tmp_path / "a" / "out"), "nonce": "00ff", "item": 1}
    second = attempt(tmp_path / "b", "def step(row):\n    return row['x']\n")
    assert second.run({"row": given}).code == protocol.EXIT_DONE
    assert second.value() == 3


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"nonce": "0000"}, "it is another attempt's"),
        ({"manifest": "0" * 64}, "not the bytes that its producer wrote"),
        ({"path": "/no/such/folder"}, "No such file or directory"),
        ({"item": 7}, "there is no item 7"),
    ],
)
def test_an_input_that_is_not_what_it_should_be(
    change: dict[str, Any], says: str, tmp_path: Path
) -> None:
    first = attempt(tmp_path / "a", "def step():\n    return [1]\n")
    first.run()
    given = {
        "from": "value",
        "path": str(tmp_path / "a" / "out"),
        "nonce": "00ff",
        "item": None,
        **change,
    }
    second = attempt(tmp_path / "b", "def step(row):\n    return row\n").run({"row": given})
    assert second.code == protocol.EXIT_INPUT
    assert (second.failure["kind"], second.failure["traceback"]) == ("input", "")
    assert second.failure["message"].startswith("argument 'row': ")
    assert says in second.failure["message"]


@pytest.mark.parametrize("code", ["return len(data)", "raise ValueError(data[:1])"])
def test_nothing_counts_of_a_step_whose_large_input_was_not_what_its_producer_said(
    tmp_path: Path, code: str
) -> None:
    """The file has not been written to since, so the step gets it; but the manifest has another file's digest."""
    first = attempt(tmp_path / "a", f"def step():\n    return b'x' * {(1 << 24) + 1}\n")
    first.run()
    path = tmp_path / "a" / "out" / "manifest.json"
    told = json.loads(path.read_bytes())
    file = told["value"]["files"][0]
    file["sha256"] = "0" * 64 + "-2"
    path.write_text(json.dumps(told))
    given = {"from": "value", "path": str(path.parent), "nonce": "00ff", "item": None}
    second = attempt(tmp_path / "b", f"def step(data):\n    print('called')\n    {code}\n")
    done = second.run({"data": given})
    assert (done.code, done.failure["kind"]) == (protocol.EXIT_INPUT, "input")
    assert done.failure["message"].startswith("argument 'data': value.bytes: not the bytes")
    assert done.printed == "called\n"
    assert not (tmp_path / "b" / "out" / "manifest.json").exists()
    del file["stamp"]
    path.write_text(json.dumps(told))
    assert second.run({"data": given}).printed == ""  # refused before it was called


def test_prints_arrive_on_fd_2_in_order_and_never_in_the_protocol(tmp_path: Path) -> None:
    code = """
    import os, subprocess, sys
    print("importing")
    def step():
        for at in range(3):
            print("out", at)
            print("err", at, file=sys.stderr)
        os.write(1, b'{"v": 1, "event": "done"}\\n')
        subprocess.run([sys.executable, "-c", "print('child')"], check=True)
        print("\\ud800 stays printable")
        try:
            input()
        except EOFError:
            print("no input")
    """
    done = attempt(tmp_path, code).run()
    assert done.code == protocol.EXIT_DONE
    assert [event["event"] for event in done.events] == ["ready", "done"]
    assert done.printed.splitlines() == [
        "importing",
        *[f"{stream} {at}" for at in range(3) for stream in ("out", "err")],
        '{"v": 1, "event": "done"}',
        "child",
        "\\ud800 stays printable",
        "no input",
    ]


def test_a_failure_shows_the_users_own_code(tmp_path: Path) -> None:
    code = """\
    import json


    def helper(text):
        try:
            return json.loads(text)
        except ValueError as fault:
            raise RuntimeError("rows are broken") from fault


    def step():
        return helper("{")
    """
    done = attempt(tmp_path, code).run()
    failure = done.failure
    assert done.code == protocol.EXIT_STEP
    assert (failure["kind"], failure["type"], failure["message"]) == (
        "step",
        "RuntimeError",
        "rows are broken",
    )
    assert failure["where"] == "pipeline.py:8"
    lines = failure["traceback"].splitlines()
    assert lines[0] == "Traceback (most recent call last):"
    assert lines[1] == '  File "pipeline.py", line 6, in helper'
    assert "The above exception was the direct cause" in failure["traceback"]
    assert '  File "pipeline.py", line 12, in step' in lines
    assert lines[-1] == "RuntimeError: rows are broken"
    assert "ops0_runner" not in failure["traceback"]
    assert str(tmp_path) not in failure["traceback"]
    assert not (tmp_path / "out" / "manifest.json").exists()


def test_names_are_relative_to_the_project(tmp_path: Path) -> None:
    one = attempt(tmp_path, "def step():\n    1 / 0\n", extra={"project": str(tmp_path)})
    assert one.run().failure["where"] == "code/pipeline.py:2"


BROKEN = "class E(Exception):\n        def __str__(self): raise ValueError\n    raise E"


@pytest.mark.parametrize(
    ("body", "kind", "says", "hint"),
    [
        ("raise SystemExit(3)", "SystemExit", "the step called sys.exit(3)", "return a value"),
        ("import sys; sys.exit()", "SystemExit", "the step called sys.exit()", "return a value"),
        ("import no_such_thing.deep", "ModuleNotFoundError", "No module named", "@ops0.requires('no_such_thing')"),
        ("raise MemoryError", "MemoryError", "", "@ops0.resources(memory="),
        ("raise KeyboardInterrupt", "KeyboardInterrupt", "", None),
        ("import tempfile; open(tempfile.gettempdir() + '/gone')", "FileNotFoundError", "gone", "a path as text is"),
        ("raise OSError(30, 'Read-only file system')", "OSError", "Read-only", "temporary folder"),
        ("import socket; raise socket.gaierror(-3, 'x')", "socket.gaierror", "x", "network=True"),
        ("step()", "RecursionError", "maximum recursion depth", None),
        (BROKEN, "pipeline.step.<locals>.E", "cannot be shown", None),
        ("raise ValueError('x' * 10**7)", "ValueError", "characters left out", None),
    ],
)  # fmt: skip
def test_failures_of_a_step(
    body: str, kind: str, says: str, hint: str | None, tmp_path: Path
) -> None:
    done = attempt(tmp_path, f"def step():\n    {body}\n").run()
    assert (done.code, done.failure["kind"], done.failure["type"]) == (
        protocol.EXIT_STEP,
        "step",
        kind,
    )
    assert says in done.failure["message"]
    assert done.failure["hint"] is None if hint is None else hint in done.failure["hint"]
    assert done.failure["where"].startswith("pipeline.py:")
    assert len(json.dumps(done.failure)) < 100_000


@pytest.mark.parametrize(
    ("code", "kind", "says", "where"),
    [
        (
            "import no_such_thing\ndef step(): pass",
            "ModuleNotFoundError",
            "no_such_thing",
            "pipeline.py:1",
        ),
        ("\nraise ValueError('top')", "ValueError", "top", "pipeline.py:2"),
        ("def step(:\n", "SyntaxError", "invalid syntax", "pipeline.py:1"),
        ("raise SystemExit(0)", "SystemExit", "the module called sys.exit()", "pipeline.py:1"),
        ("other = 1", "", "has no function 'step'", None),
        ("step = 1", "", "has no function 'step'", None),
    ],
)
def test_failures_of_the_import(
    code: str, kind: str, says: str, where: str | None, tmp_path: Path
) -> None:
    done = attempt(tmp_path, code).run()
    assert (done.code, [event["event"] for event in done.events]) == (
        protocol.EXIT_IMPORT,
        ["failed"],
    )
    assert (done.failure["kind"], done.failure["type"], done.failure["where"]) == (
        "import",
        kind,
        where,
    )
    assert says in done.failure["message"]
    assert "importlib" not in done.failure["traceback"]


def test_a_file_that_hides_behind_a_module_of_python(tmp_path: Path) -> None:
    done = ended(attempt(tmp_path, "def step(): pass", module="signal").start("code/signal.py"))
    assert done.code == protocol.EXIT_IMPORT
    assert done.failure["hint"] == "another module has this name: rename the file"


def test_what_cannot_be_stored(tmp_path: Path) -> None:
    done = attempt(
        tmp_path, "import threading\ndef step():\n    return {'lock': threading.Lock()}\n"
    ).run()
    assert (done.code, done.failure["kind"]) == (protocol.EXIT_VALUE, "value")
    assert done.failure["message"].startswith("result['lock']: _thread.lock cannot be stored")
    assert done.failure["hint"] == "leave locks, threads and tasks out of the result"


def test_a_value_whose_own_code_ends_the_process_is_the_steps_fault(tmp_path: Path) -> None:
    code = """
    class Ends:
        def __reduce__(self):
            raise SystemExit(4)
    def step():
        return [Ends()]
    """
    done = attempt(tmp_path, code).run()
    assert (done.code, done.failure["type"]) == (protocol.EXIT_VALUE, "SystemExit")
    assert done.failure["where"] == "pipeline.py:4"


def test_a_generator_streams_and_its_faults_are_the_steps(tmp_path: Path) -> None:
    good = attempt(tmp_path / "a", "def step():\n    yield from range(3)\n")
    assert good.run().code == protocol.EXIT_DONE
    assert list(good.value()) == [0, 1, 2]
    bad = attempt(tmp_path / "b", "def step():\n    yield 1\n    raise KeyError('x')\n").run()
    assert (bad.code, bad.failure["type"], bad.failure["where"]) == (
        protocol.EXIT_STEP,
        "KeyError",
        "pipeline.py:3",
    )


@pytest.mark.parametrize(
    "line",
    [
        b"\n",
        b"{}\n",
        b"[]\n",
        b"null\n",
        b"\xff\xfe\n",
        b'{"v": 2}\n',
        b"[" * 100_000 + b"\n",
        b'{"v": 1, "run": 3}\n',
    ],
)
def test_a_go_line_that_makes_no_sense(line: bytes, tmp_path: Path) -> None:
    done = ended(attempt(tmp_path, "def step(): pass").start(), line)
    assert (done.code, done.failure["kind"], done.printed) == (protocol.EXIT_JOB, "job", "")


def test_no_go_line_at_all(tmp_path: Path) -> None:
    done = ended(attempt(tmp_path, "def step(): pass").start())
    assert (done.code, [event["event"] for event in done.events], done.printed) == (
        protocol.EXIT_JOB,
        ["ready"],
        "",
    )


@pytest.mark.parametrize("arguments", [(), ("no-such-file",), ("a", "b")])
def test_no_step_file(arguments: tuple[str, ...], tmp_path: Path) -> None:
    done = ended(start_runner(*arguments, cwd=tmp_path))
    assert (done.code, done.failure["kind"], done.printed) == (protocol.EXIT_JOB, "job", "")


SLOW = """
import sys, time
def step():
    try:
        print("working", flush=True)
        time.sleep(60)
    finally:
        print("cleaned up")
"""


def test_sigterm_ends_a_step_in_order(tmp_path: Path) -> None:
    one = attempt(tmp_path, SLOW)
    runner = one.start()
    assert runner.stdin is not None
    assert runner.stderr is not None
    runner.stdin.write(one.go())
    runner.stdin.flush()
    assert runner.stderr.readline() == b"working\n"
    runner.send_signal(signal.SIGTERM)
    done = ended(runner)
    assert (done.code, done.printed) == (143, "cleaned up\n")
    assert [event["event"] for event in done.events] == ["ready"]


def test_sigterm_ends_a_runner_that_waits(tmp_path: Path) -> None:
    runner = attempt(tmp_path, "def step(): pass").start()
    assert runner.stdout is not None
    assert b"ready" in runner.stdout.readline()
    runner.send_signal(signal.SIGTERM)
    assert runner.wait(timeout=10) == 143
    done = ended(runner)
    assert done.printed == ""


def test_a_step_that_swallows_sigterm_does_not_count_as_done(tmp_path: Path) -> None:
    code = """
    import os, signal
    def step():
        try:
            os.kill(os.getpid(), signal.SIGTERM)
        except BaseException:
            pass
    """
    assert attempt(tmp_path, code).run().code == 143


@pytest.mark.parametrize("ends", ["raise", "return {'n': len(files)}"], ids=["raises", "returns"])
def test_a_step_that_has_used_up_all_descriptors_says_so(tmp_path: Path, ends: str) -> None:
    """What tells a failure could not be imported any more, and the attempt ended without a word."""
    code = f"""
    import resource
    files = []
    def step():
        resource.setrlimit(resource.RLIMIT_NOFILE, (64, 64))
        try:
            while True:
                files.append(open(__file__))
        except OSError:
            {ends}
    """
    done = attempt(tmp_path, code).run()
    assert "Too many open files" in done.failure["message"]
    assert "ops0_runner" not in done.printed


@pytest.mark.parametrize(
    ("end", "code"),
    [("return 'child'", 0), ("sys.exit(5)", 5), ("raise ValueError('of the child')", 1)],
)
def test_a_forked_child_that_comes_back_does_not_speak_for_the_step(
    end: str, code: int, tmp_path: Path
) -> None:
    body = f"""
    import os, sys
    def step():
        child = os.fork()
        if child == 0:
            {end}
        return os.waitpid(child, 0)[1] >> 8
    """
    made = attempt(tmp_path, body)
    done = made.run()
    assert [event["event"] for event in done.events] == ["ready", "done"]
    assert (done.code, made.value()) == (protocol.EXIT_DONE, code)
    assert ("of the child" in done.printed) == (code == 1)


def test_a_stream_of_the_steps_own_changes_no_exit_code(tmp_path: Path) -> None:
    code = """
    import sys
    class Tee:
        def write(self, text):
            return sys.__stdout__.write(text)
    def step():
        sys.stdout = sys.stderr = Tee()
        print("told")
        return 1
    """
    done = attempt(tmp_path, code).run()
    assert (done.code, done.printed) == (protocol.EXIT_DONE, "told\n")


def test_threads_left_running_do_not_keep_the_process(tmp_path: Path) -> None:
    code = """
    import atexit, threading
    atexit.register(print, "bye")
    def step():
        threading.Thread(target=threading.Event().wait).start()
        return 1
    """
    started = time.monotonic()
    done = attempt(tmp_path, code).run()
    assert (done.code, done.printed) == (protocol.EXIT_DONE, "bye\n")
    assert time.monotonic() - started < 200


def test_an_exit_hook_that_hangs_does_not_keep_the_process(tmp_path: Path) -> None:
    code = """
    import atexit, time
    from ops0_runner import leaving
    leaving.HOOKS = 0.5
    atexit.register(time.sleep, 600)
    def step():
        return 1
    """
    started = time.monotonic()
    done = attempt(tmp_path, code).run()
    assert done.code == protocol.EXIT_DONE
    assert "exit hooks of the step had not ended after 0.5 s" in done.printed
    assert time.monotonic() - started < 200


def test_an_exit_with_what_cannot_be_shown_is_a_failure_like_any(tmp_path: Path) -> None:
    code = """
    class Hostile:
        def __repr__(self):
            raise SystemExit
        __str__ = __repr__
    def step():
        raise SystemExit(Hostile())
    """
    done = attempt(tmp_path, code).run()
    assert done.code == protocol.EXIT_STEP
    failure = done.events[-1]["failure"]
    assert failure["message"] == "the step called sys.exit(a Hostile that cannot be shown)"


def test_a_pool_that_still_waits_for_work_does_not_keep_the_process(tmp_path: Path) -> None:
    code = """
    import concurrent.futures, multiprocessing
    def step():
        global pool
        context = multiprocessing.get_context("spawn")
        pool = concurrent.futures.ProcessPoolExecutor(1, mp_context=context)
        return pool.submit(abs, -3).result()
    """
    started = time.monotonic()
    done = attempt(tmp_path, code).run()
    assert (done.code, done.printed) == (protocol.EXIT_DONE, "")
    assert time.monotonic() - started < 200  # a worker of it would wait for ever


def test_a_child_process_left_running_does_not_keep_the_process(tmp_path: Path) -> None:
    code = """
    import atexit, multiprocessing, time
    atexit.register(print, "bye")
    def step():
        child = multiprocessing.get_context("fork").Process(target=time.sleep, args=(600,))
        child.start()
        return child.pid
    """
    started = time.monotonic()
    runner = attempt(tmp_path, code)
    process = runner.start()
    assert process.stdin is not None
    process.stdin.write(runner.go())
    process.stdin.flush()
    assert process.wait(timeout=180) == protocol.EXIT_DONE
    assert time.monotonic() - started < 200
    os.kill(runner.value(), signal.SIGKILL)
    for stream in (process.stdin, process.stdout, process.stderr):
        assert stream is not None
        stream.close()


@pytest.mark.parametrize("alone", [True, False])
def test_exit_hooks_run_and_all_that_was_printed_arrives(tmp_path: Path, alone: bool) -> None:
    code = f"""
        import atexit, ctypes, sys
        from ops0_runner.leaving import leave
        class Held:
            def __del__(self):
                sys.__stderr__.write("tidied up")
        held = Held()
        atexit.register(lambda: 1 / 0)
        atexit.register(print, "hook", end="")
        ctypes.CDLL(None).printf(b"from C, ")
        ctypes.CDLL(None).fflush(None) if not {alone} else None
        leave(7, alone={alone})
    """
    done = subprocess.run(
        [PYTHON, "-c", textwrap.dedent(code)],
        cwd=tmp_path,
        env=environment(),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 7
    assert sorted(done.stdout.replace("from C, ", "|from C, |").split("|")) == [
        "",
        "from C, ",
        "hook",
    ]
    assert "ZeroDivisionError" in done.stderr
    assert ("tidied up" in done.stderr) is not alone


def test_a_host_that_is_gone_is_no_noise(tmp_path: Path) -> None:
    runner = attempt(tmp_path, "def step(): pass").start()
    assert runner.stdout is not None
    assert runner.stdin is not None
    assert runner.stderr is not None
    runner.stdout.close()
    runner.stdin.close()
    assert runner.stderr.read() == b""
    assert runner.wait(timeout=10) == protocol.EXIT_JOB
    runner.stderr.close()


def test_a_consumer_needs_no_part_of_the_producers_module(tmp_path: Path) -> None:
    helpers = tmp_path / "a" / "code" / "helpers.py"
    helpers.parent.mkdir(parents=True)
    helpers.write_text(
        "class Model:\n    def __init__(self, k): self.k = k\n    def twice(self): return self.k * 2\n"
    )
    code = "from helpers import Model\ndef step():\n    return Model(3)\n"
    assert attempt(tmp_path / "a", code).run().code == protocol.EXIT_DONE
    given = {"from": "value", "path": str(tmp_path / "a" / "out"), "nonce": "00ff", "item": None}
    consumer = attempt(tmp_path / "b", "def step(model):\n    return model.twice()\n")
    assert consumer.run({"model": given}).code == protocol.EXIT_DONE
    assert consumer.value() == 6


def test_the_runners_folders_come_last_on_the_path(tmp_path: Path) -> None:
    code = "import sys\ndef step():\n    return [sys.path[0], sys.path[-1], sys.argv]\n"
    one = attempt(tmp_path, code)
    assert one.run().code == protocol.EXIT_DONE
    first, last, argv = one.value()
    assert (first, last, argv) == (str(tmp_path / "code"), HOMES[1], ["step"])


def test_a_step_that_writes_a_file_hands_it_on(tmp_path: Path) -> None:
    code = """
    import pathlib, tempfile
    def step():
        path = pathlib.Path(tempfile.mkdtemp()) / "model.txt"
        path.write_text("weights")
        return path
    """
    one = attempt(tmp_path, code)
    assert one.run().code == protocol.EXIT_DONE
    assert one.value() == tmp_path / "out" / "value" / "model.txt"
    assert one.value().read_text() == "weights"


def test_it_starts_fast(tmp_path: Path) -> None:
    """What the runner imports before the user's module is a short list; each name on it was weighed."""
    code = "import sys\nnames = sorted(sys.modules)\ndef step():\n    return names\n"
    one = attempt(tmp_path, code)
    assert one.run().code == protocol.EXIT_DONE
    heavy = {
        "typing",
        "inspect",
        "pathlib",
        "hashlib",
        "dataclasses",
        "asyncio",
        "socket",
        "subprocess",
        "pickle",
    }
    bare = subprocess.run(
        [PYTHON, "-c", "import runpy, sys; print(*sys.modules)"],
        env=environment(),
        capture_output=True,
        text=True,
        check=True,
    )
    assert heavy & set(one.value()) - set(bare.stdout.split()) == set()
