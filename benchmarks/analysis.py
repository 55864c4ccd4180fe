"""Naming what the code of 100,000 lines needs: ops0 for each of its steps, others for the project as a whole.

One core for all. The made project has 1,000 steps; the real one is a large package that is plain Python, with a step
for each of its public functions.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from benchmarks import project, real_project
from benchmarks.findings import Finding, compare
from benchmarks.programs import OPS0, call
from benchmarks.timing import Way, in_turns

PEERS = ("pipreqs==0.4.13", "fawltydeps", "deptry")
REAL = "networkx==3.4.2"
FOUND = 3
"""The highest exit code with which a peer says no more than that it found something."""


def measure(rounds: int) -> Iterator[Finding]:
    """``ops0 plan`` with nothing kept and with the last analysis kept, against each peer on the same tree."""
    with tempfile.TemporaryDirectory(prefix="ops0-bench-") as name, one_core():
        place = Path(name)
        environment = place / "peers"
        uv = str(Path(OPS0).with_name("uv"))
        call([uv, "venv", "--quiet", str(environment)])
        python = str(environment / "bin" / "python")
        call([uv, "pip", "install", "--quiet", "--python", python, *PEERS, REAL])
        (package,) = environment.glob("lib/python3*/site-packages/networkx")
        made, real = place / "made", place / "real"
        total = project.write(made)
        yield from _compared(
            f"{total:,} lines, {project.FULL.steps:,} steps", made, environment, rounds
        )
        real.mkdir()
        steps = real_project.write(real, package, most=300)
        # It names this one as it is; a user would say so too.
        (real / "ops0.toml").write_text('imports = { pygraphviz = "pygraphviz" }\n')
        title = f"{REAL.partition('=')[0]}, {real_project.lines(real):,} lines, {steps} steps"
        yield from _compared(title, real, environment, rounds)


def _compared(title: str, tree: Path, environment: Path, rounds: int) -> Iterator[Finding]:
    ways = (
        *_ours(tree),
        Way(
            name="pipreqs", work=_peer(environment, "pipreqs", "--print", "--use-local", str(tree))
        ),
        Way(name="fawltydeps", work=_peer(environment, "fawltydeps", str(tree))),
        Way(name="deptry", work=_peer(environment, "deptry", str(tree))),
    )
    cold, again, *theirs = in_turns(ways, rounds)
    for way, other in zip(ways[2:], theirs, strict=True):
        target = (
            None if way.name == "deptry" else 1.0
        )  # written in Rust, and asked for the project as a whole
        yield compare(f"plan: {title}", way.name, cold, other, target=target)
    yield compare(f"plan again: {title}", "pipreqs", again, theirs[0], target=1.0)


def _ours(tree: Path) -> tuple[Way, Way]:
    """With nothing kept, and with what that has kept."""
    cache = tree.with_name(f"{tree.name}-cache")
    env = {"OPS0_CACHE_DIR": str(cache)}

    def plan() -> str:
        return call([OPS0, "plan", project.ENTRY], cwd=tree, env=env)

    def forget() -> None:
        shutil.rmtree(cache, ignore_errors=True)

    return Way(name="ops0", work=plan, prepare=forget), Way(name="ops0 again", work=plan)


def _peer(environment: Path, name: str, *arguments: str) -> Callable[[], str]:
    program = str(environment / "bin" / name)
    folder = arguments[-1]
    return lambda: call([program, *arguments], cwd=Path(folder), most=FOUND)


@contextmanager
def one_core() -> Iterator[None]:
    """Hold this process, and what it starts, to one processor."""
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {max(before)})
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)
