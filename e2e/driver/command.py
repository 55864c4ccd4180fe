"""One call of the ``ops0`` command and all that it said."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

OPS0 = str(Path(sys.executable).with_name("ops0"))
TIMEOUT = 900.0  # seconds; a cold build on a busy machine


@dataclass(frozen=True, kw_only=True, slots=True)
class Said:
    """What the command said. ``argv`` is as a person would type it."""

    argv: str
    code: int
    out: str
    err: str

    @property
    def data(self) -> Any:
        """Its standard output, which must be one JSON document."""
        return json.loads(self.out)

    def __str__(self) -> str:
        return f"$ {self.argv}  -> exit {self.code}\n--- stdout\n{self.out}\n--- stderr\n{self.err}"


def ops0(
    arguments: Sequence[str],
    *,
    folder: Path,
    env: Mapping[str, str] | None = None,
    prefix: Sequence[str] = (),
    timeout: float = TIMEOUT,
) -> Said:
    """Run ``ops0`` in a folder to its end. ``prefix`` is a program that starts it with fewer rights."""
    environ = dict(os.environ if env is None else env) | {"NO_COLOR": "1", "COLUMNS": "200"}
    done = subprocess.run(
        [*prefix, OPS0, *arguments],
        cwd=folder,
        env=environ,
        capture_output=True,
        text=True,
        timeout=timeout,
        check=False,
        stdin=subprocess.DEVNULL,
    )
    words = " ".join(["ops0", *arguments])
    return Said(argv=words, code=done.returncode, out=done.stdout, err=done.stderr)
