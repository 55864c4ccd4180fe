"""Building the images of the flight delays example: cold, again, and after a change in one step's code."""

from __future__ import annotations

import itertools
import json
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from benchmarks import plain
from benchmarks.bake import baking
from benchmarks.blobs import unique_bytes
from benchmarks.findings import Finding, compare
from benchmarks.programs import BASE, OPS0, call
from benchmarks.timing import Way, in_turns
from ops0.host.folders import cache_dir

EXAMPLE = Path(__file__).parents[1] / "examples" / "flight_delays"
AGAINST_PIP = "a Dockerfile + pip a step"
CHANGED = '"""The figures that matter, and one paragraph that says what they mean."""'


@contextmanager
def example(*, images: bool = True) -> Iterator[Path]:
    """A copy of the example with a lock, its wheels and its images: nothing is downloaded while the clock runs."""
    with tempfile.TemporaryDirectory(prefix="ops0-bench-") as name:
        project = Path(name) / "flight_delays"
        left_out = shutil.ignore_patterns("__pycache__", "results", "ops0.lock")
        shutil.copytree(EXAMPLE, project, ignore=left_out)
        wheels = ["lock", "--wheelhouse", str(Path(name) / "carried")]
        call([OPS0, *(["build"] if images else wheels)], cwd=project)
        yield project


def measure_bytes(_rounds: int) -> Iterator[Finding]:
    """The bytes of all images, against the plain ones with pip, and against all their packages in one image."""
    with example() as project, ExitStack() as stack:
        tree = project.parent / "pip" / "tree"
        steps = plain.write_tree(tree, project, cache_dir(), "pip")
        stack.callback(plain.remove, (*steps, plain.UNION), "pip")
        plain.build(tree, (*steps, plain.UNION), cached=True)
        yield from _bytes(
            tuple(images(project).values()), tuple(plain.tag(step, "pip") for step in steps)
        )


def _bytes(ours: tuple[str, ...], theirs: tuple[str, ...]) -> Iterator[Finding]:
    together = unique_bytes(ours)
    union = unique_bytes([plain.tag(plain.UNION, "pip")])
    for against, other, target in (
        (AGAINST_PIP, unique_bytes(theirs), None),
        ("base + union of packages", union, 1.1),
        ("base alone", unique_bytes([BASE]), None),
    ):
        yield Finding(
            name=f"bytes of {len(ours)} images",
            against=against,
            unit="MB",
            ours=together / 1e6,
            theirs=other / 1e6,
            ours_spread=None,
            theirs_spread=None,
            kind="ratio",
            target=target,
            rounds=1,
        )


def measure_again(rounds: int) -> Iterator[Finding]:
    """Nothing changed: ops0 against bake on the very tree that ops0 gives to BuildKit."""
    with example() as project, baking() as bake:
        bake.take(project)
        ways = (
            Way(name="ops0", work=lambda: call([OPS0, "build"], cwd=project)),
            Way(name="bake", work=bake.run),
        )
        ours, theirs = in_turns(ways, rounds)
        yield compare("build, nothing changed", "docker buildx bake", ours, theirs, target=0.5)


def measure_change(rounds: int) -> Iterator[Finding]:
    """One line of one step changed, a new one each time; ops0 proves the new image, too."""
    with example() as project, baking() as bake:
        count = itertools.count()
        made: list[str] = []

        def change() -> None:
            text = (EXAMPLE / "pipeline.py").read_text()
            assert CHANGED in text
            mark = f"{CHANGED}\n    mark = {os.getpid()}, {next(count)}"
            (project / "pipeline.py").write_text(text.replace(CHANGED, mark))

        def change_and_note() -> None:
            change()
            made.append(images(project, "plan")["report"])

        def change_and_take() -> None:
            change()
            bake.take(project)

        ways = (
            Way(
                name="ops0",
                work=lambda: call([OPS0, "build"], cwd=project),
                prepare=change_and_note,
            ),
            Way(name="bake", work=bake.run, prepare=change_and_take),
        )
        try:
            ours, theirs = in_turns(ways, rounds)
        finally:
            call(["docker", "image", "rm", "--force", *made])
        yield compare(
            "build, one step's code changed", "docker buildx bake", ours, theirs, target=1.2
        )


def images(project: Path, command: str = "build") -> dict[str, str]:
    """Step -> tag, of the project as it is now; ``plan`` builds nothing."""
    told = json.loads(call([OPS0, command, "--json"], cwd=project))["images"]
    if command == "plan":
        return {image["step"]: image["tag"] for image in told}
    return {step: image["tag"] for step, image in told.items()}
