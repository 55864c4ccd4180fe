"""The runner as a process of its own: started, told what to do, and ended. No Docker."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import textwrap
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import cloudpickle

import ops0
import ops0_runner
from ops0.core.values.manifest import read_manifest
from ops0.core.values.store import load_value

# Another Python may be named to try the runner on: it needs no more than cloudpickle, which stands beside pytest here.
HOMES = [str(Path(package.__path__[0]).parent) for package in (ops0, ops0_runner)]
PYTHON = os.environ.get("OPS0_TEST_RUNNER_PYTHON", sys.executable)


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
