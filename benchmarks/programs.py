"""The programs that are measured, started as a user starts them. A program that fails ends the benchmark."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

OPS0 = str(Path(sys.executable).with_name("ops0"))
BASE = "ops0-base:3.11"


def call(
    argv: Sequence[str],
    *,
    cwd: Path | None = None,
    env: Mapping[str, str] | None = None,
    most: int = 0,
) -> str:
    """Run a program to its end and give its standard output.

    most:   the highest exit code that is no failure
    raises: SystemExit with its last words
    """
    environ = dict(os.environ) | dict(env or {}) | {"NO_COLOR": "1"}
    environ.pop("PYTHONDONTWRITEBYTECODE", None)  # installed programs have their bytecode
    done = subprocess.run(
        list(argv), cwd=cwd, env=environ, capture_output=True, text=True, check=False
    )
    if not 0 <= done.returncode <= most:
        words = " ".join(argv)
        raise SystemExit(f"{words} ended with {done.returncode}\n{done.stdout}\n{done.stderr}")
    return done.stdout
