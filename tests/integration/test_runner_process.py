"""The runner as a process: what it is told and what it says. No Docker."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest
from running.runner_process import HOMES, PYTHON, attempt, ended, environment, start_runner

from ops0.core.analyzer.project.already_loaded import ALREADY_LOADED
from ops0.core.values.manifest import read_manifest
from ops0.runtime.outputs.manifest import told_manifest
from ops0_runner import protocol


def test_what_counts_as_loaded_before_all_user_code_is() -> None:
    names = "*sys.modules, *sys.builtin_module_names"
    code = f"import sys; sys.path += {HOMES}; import ops0_runner.__main__; print({names})"
    done = subprocess.run([PYTHON, "-I", "-c", code], capture_output=True, text=True, check=True)
    assert set(done.stdout.split()) >= ALREADY_LOADED


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
