"""Builds from nothing, each on a new engine of its own: ops0 against pip and the best uv Dockerfile, on both stores.

On an engine that has built the same before, also without BuildKit's cache, layers that are there are not unpacked
again, and ops0 has noted what it proved: such a build is not cold.
"""

from __future__ import annotations

import os
import resource
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from benchmarks import plain
from benchmarks.bake import Bake
from benchmarks.builds import example
from benchmarks.engines import own_engine
from benchmarks.findings import Finding, compare
from benchmarks.programs import OPS0, call
from benchmarks.timing import Series
from ops0.host.folders import cache_dir

Environment = Mapping[str, str]
Build = Callable[[Environment], object]

AGAINST: Mapping[plain.Tool, tuple[str, float]] = {
    "pip": ("a Dockerfile + pip a step", 1 / 3),
    "uv": ("a Dockerfile + uv a step", 1.0),
}
OUTPUTS = ("gzip,compression-level=1", "zstd", "uncompressed")


@dataclass(frozen=True, slots=True)
class Cost:
    """Seconds of one build. ``processors``: of the engine with all that it started, and of the client."""

    wall: float
    processors: float


def measure(rounds: int) -> Iterator[Finding]:
    """All images of the example, by turns, each on an engine and with a cache that know only base and wheels."""
    with example(images=False) as project:
        ways: dict[str, Build] = {"ops0": partial(_ops0, project)}
        for tool in AGAINST:
            tree = project.parent / tool / "tree"
            steps = plain.write_tree(tree, project, cache_dir(), tool)
            ways[tool] = partial(_plain, tree, steps)
        for containerd, store in ((True, "containerd"), (False, "overlay2")):
            found = _by_turns(ways, rounds, containerd=containerd)
            for tool, (against, target) in AGAINST.items():
                yield from _compared(
                    f"cold build, {store}", against, target, found["ops0"], found[tool]
                )


def measure_compression(rounds: int) -> Iterator[Finding]:
    """The same bake with containerd's store, its layers compressed otherwise, against gzip as it is."""
    with example() as project, tempfile.TemporaryDirectory(prefix="ops0-bench-") as name:
        bake = Bake(Path(name))
        bake.take(project)
        ways: dict[str, Build] = {"gzip": partial(_bake, bake, "")}
        ways |= {one: partial(_bake, bake, f",compression={one}") for one in OUTPUTS}
        found = _by_turns(ways, rounds, containerd=True)
        for one in OUTPUTS:
            yield from _compared(f"bake, {one}", "bake, gzip", None, found[one], found["gzip"])


def _compared(
    name: str, against: str, target: float | None, ours: list[Cost], theirs: list[Cost]
) -> Iterator[Finding]:
    for what, of in (("", "wall"), (", processors", "processors")):
        mine, other = (
            Series(tuple(getattr(cost, of) for cost in costs)) for costs in (ours, theirs)
        )
        yield compare(f"{name}{what}", against, mine, other, target=target)


def _by_turns(
    ways: Mapping[str, Build], rounds: int, *, containerd: bool
) -> Mapping[str, list[Cost]]:
    found: dict[str, list[Cost]] = {name: [] for name in ways}
    for _ in range(rounds):
        for name, build in ways.items():
            with own_engine(containerd=containerd) as engine, _new_cache() as cache:
                environment = {"DOCKER_HOST": engine.address, "OPS0_CACHE_DIR": str(cache)}
                began, spent = time.perf_counter(), engine.seconds + _of_children()
                build(environment)
                wall = time.perf_counter() - began
                found[name].append(Cost(wall, engine.seconds + _of_children() - spent))
    return found


@contextmanager
def _new_cache() -> Iterator[Path]:
    """A cache that has the wheels of this user's, by second names, and nothing else."""
    with tempfile.TemporaryDirectory(prefix="bench-", dir=cache_dir()) as name:
        shutil.copytree(cache_dir() / "wheels", Path(name, "wheels"), copy_function=os.link)
        yield Path(name)


def _of_children() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _ops0(project: Path, environment: Environment) -> None:
    call([OPS0, "build"], cwd=project, env=environment)


def _plain(tree: Path, steps: tuple[str, ...], environment: Environment) -> None:
    plain.build(tree, steps, cached=False, env=environment)


def _bake(bake: Bake, output: str, environment: Environment) -> None:
    bake.run(output=f"type=docker{output}", env=environment)
