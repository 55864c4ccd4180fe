"""The runner as a process: what a step's faults look like from outside. No Docker."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from running.runner_process import attempt, ended

from ops0_runner import protocol


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
