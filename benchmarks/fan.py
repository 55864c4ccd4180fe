"""A thousand calls side by side, as containers: steps a second, and what the run itself holds meanwhile."""

from __future__ import annotations

import json
import os
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from benchmarks.findings import Finding, compare
from benchmarks.programs import OPS0, call, measured
from benchmarks.timing import Series

WIDTH = int(os.environ.get("OPS0_BENCH_WIDTH", "1000"))
A_SECOND = 3.0
SOURCE = """
import ops0


@ops0.step
def one(number: int) -> int:
    return number + 1


@ops0.step
def total({names}) -> int:
    return sum(locals().values())


@ops0.pipeline
def fan():
    return total({calls})
"""


def measure(rounds: int) -> Iterator[Finding]:
    """By the whole command. Its memory and descriptors are looked at twice a second."""
    with tempfile.TemporaryDirectory(prefix="ops0-bench-") as name:
        project = Path(name)
        names = ", ".join(f"n{at}: int" for at in range(WIDTH))
        calls = ", ".join(f"one({at})" for at in range(WIDTH))
        (project / "fan.py").write_text(SOURCE.format(names=names, calls=calls))
        env = {"OPS0_STATE_DIR": str(project / "state")}
        call([OPS0, "build", "fan.py"], cwd=project, env=env)
        run = [OPS0, "run", "fan.py", "--containers", "--json"]
        seconds = []
        for _ in range(rounds):
            began = time.perf_counter()
            told, peak, open_files = measured(run, cwd=project, env=env)
            seconds.append(time.perf_counter() - began)
            _check(told)
            print(f"ops0 held at most {peak >> 20} MiB and {open_files} descriptors", flush=True)
    wanted = Series((WIDTH / A_SECOND,) * rounds)
    against = f"{A_SECOND:g} a second"
    yield compare(f"{WIDTH} calls side by side", against, Series(tuple(seconds)), wanted, target=1)


def _check(told: str) -> None:
    (result,) = json.loads(told)["results"].values()
    if result != WIDTH * (WIDTH + 1) // 2:
        raise SystemExit(f"a wrong result: {result}")
