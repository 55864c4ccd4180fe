"""The programs that are measured, started as a user starts them. A program that fails ends the benchmark."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
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


def measured(
    argv: Sequence[str], *, cwd: Path, env: Mapping[str, str], pause: float = 0.5
) -> tuple[str, int, int]:
    """Run a program; its standard output, the most bytes of memory that it held, and the most descriptors.

    raises: SystemExit where it fails
    """
    environ = dict(os.environ) | dict(env) | {"NO_COLOR": "1"}
    with tempfile.TemporaryFile("w+") as out:
        program = subprocess.Popen(
            list(argv), cwd=cwd, env=environ, stdout=out, stderr=subprocess.DEVNULL
        )
        peak = open_files = 0
        while program.poll() is None:
            with suppress(OSError):  # it has just ended
                proc = Path(f"/proc/{program.pid}")
                pages = int((proc / "statm").read_text().split()[1])
                peak = max(peak, pages * os.sysconf("SC_PAGE_SIZE"))
                open_files = max(open_files, len(list((proc / "fd").iterdir())))
            time.sleep(pause)
        out.seek(0)
        told = out.read()
    if program.returncode:
        raise SystemExit(f"{' '.join(argv)} ended with {program.returncode}\n{told}")
    return told, peak, open_files
