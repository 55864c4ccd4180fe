"""Sending images to a registry against ``docker push -a``, and putting them into one file against ``docker save``."""

from __future__ import annotations

import itertools
import json
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from benchmarks.builds import example, images
from benchmarks.findings import Finding, compare
from benchmarks.programs import OPS0, call
from benchmarks.timing import Way, in_turns


def measure(rounds: int) -> Iterator[Finding]:
    """The images are built; both ways send the same blobs, each round to a registry that has lost all it held."""
    with tempfile.TemporaryDirectory(prefix="ops0-bench-") as name, example() as project:
        tags = images(project)
        with registry(Path(name)) as host:
            yield from _push(rounds, project, host, Path(name), tags)
        yield from _bundle(rounds, project, Path(name), tuple(tags.values()))


def _push(
    rounds: int, project: Path, host: str, folder: Path, tags: dict[str, str]
) -> Iterator[Finding]:
    numbers = itertools.count()
    ours_at = theirs_at = ""
    made: list[str] = []

    def ours_new() -> None:
        nonlocal ours_at
        shutil.rmtree(folder / "registry", ignore_errors=True)
        ours_at = f"{host}/ops0/{next(numbers)}"

    def theirs_new() -> None:
        nonlocal theirs_at
        shutil.rmtree(folder / "registry", ignore_errors=True)
        theirs_at = f"{host}/docker/{next(numbers)}"
        # A new name, for the engine remembers where it has sent a blob.
        for step, tag in tags.items():
            made.append(f"{theirs_at}:{step}")
            call(["docker", "tag", tag, made[-1]])

    def push() -> None:
        call([OPS0, "push", ours_at], cwd=project)

    def docker_push() -> None:
        call(["docker", "push", "--quiet", "--all-tags", theirs_at])

    first = (
        Way(name="ops0", prepare=ours_new, work=push),
        Way(name="docker", prepare=theirs_new, work=docker_push),
    )
    again = (Way(name="ops0", work=push), Way(name="docker", work=docker_push))
    try:
        against = "docker push --all-tags"
        yield compare("first push of 10 images", against, *in_turns(first, rounds), target=1.0)
        push()  # the last round's registry holds docker's alone
        yield compare("push, nothing missing", against, *in_turns(again, rounds), target=1.0)
    finally:
        call(["docker", "rmi", *made])


def _bundle(rounds: int, project: Path, folder: Path, tags: tuple[str, ...]) -> Iterator[Finding]:
    bundle, archive = folder / "flow.ops0", folder / "images.tar"
    ways = (
        Way(
            name="ops0",
            work=lambda: call([OPS0, "bundle", "create", "-o", str(bundle)], cwd=project),
        ),
        Way(name="docker", work=lambda: call(["docker", "save", "-o", str(archive), *tags])),
    )
    yield compare("bundle of 10 images", "docker save", *in_turns(ways, rounds), target=2.0)


@contextmanager
def registry(folder: Path) -> Iterator[str]:
    """Debian's docker-registry on this machine, empty: ``HOST:PORT``."""
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        host = f"127.0.0.1:{one.getsockname()[1]}"
    config = {
        "version": 0.1,
        "log": {"level": "error"},
        "storage": {"filesystem": {"rootdirectory": str(folder / "registry")}},
        "http": {"addr": host, "secret": "benchmark"},
    }
    path = folder / "registry.yml"
    path.write_text(json.dumps(config))  # JSON is YAML
    try:
        running = subprocess.Popen(
            ["docker-registry", "serve", str(path)],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
    except FileNotFoundError:
        raise SystemExit("docker-registry is not installed: scripts/docker-registry.sh") from None
    try:
        _wait(host)
        yield host
    finally:
        running.terminate()
        running.wait(10)


def _wait(host: str) -> None:
    name, _, port = host.rpartition(":")
    for _ in range(200):
        with suppress(OSError), socket.create_connection((name, int(port)), 1):
            return
        time.sleep(0.05)
    raise SystemExit(f"the registry does not listen at {host}")
