"""A project with images, a registry, bundles and deployments of its own; commands on it, and what they have left."""

from __future__ import annotations

import hashlib
import json
import os
import random
import subprocess
import time
import urllib.request
import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from driver.command import OPS0, Said
from driver.wheels import make_index, make_wheel
from registries.server import registry

from faults.ending import Death, end_by
from faults.living import left_alive

LIMIT = 300
CODE = """
import time
import ops0

@ops0.step
def numbers(count: int = 4, pause: float = 0.0):
    import shopone
    time.sleep(pause)
    return [count, len(shopone.VERSION)]

@ops0.step
def total(numbers):
    import shoptwo
    return numbers[0] + numbers[1] + SALT - SALT

SALT = 0
"""
RIGHT = 7


@dataclass(kw_only=True)
class Shop:
    """``name``: of its pipeline, which nobody else has;  registry: HOST:PORT/PATH;  longest: of a command, seconds"""

    folder: Path
    name: str
    registry: str
    engine: str = "unix:///var/run/docker.sock"
    more: Mapping[str, str] = field(default_factory=dict)
    longest: dict[str, float] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for name in ("project", "tmp", "cache", "state", "wheels"):
            (self.folder / name).mkdir(parents=True, exist_ok=True)
        made = [make_wheel(self.folder / "wheels", one, "1.0") for one in ("shopone", "shoptwo")]
        if not (self.folder / "simple").exists():
            make_index(self.folder / "simple", made)
        settings = f'name = "{self.name}"\npipeline = "flow.py"\npython = "3.11"\n'
        settings += '[imports]\nshopone = "shopone"\nshoptwo = "shoptwo"\n'
        settings += "[environments.here]\n"
        settings += f'[environments.away]\nregistry = "{self.registry}"\n'
        (self.project / "ops0.toml").write_text(settings)
        self.edit(0)

    @property
    def project(self) -> Path:
        return self.folder / "project"

    def edit(self, salt: int) -> None:
        """Make all that a new code makes: other images, another version."""
        (self.project / "flow.py").write_text(CODE.replace("SALT = 0", f"SALT = {salt}"))

    @property
    def environ(self) -> dict[str, str]:
        index = (self.folder / "simple").as_uri()
        return {
            **os.environ,
            "DOCKER_HOST": self.engine,
            "OPS0_STATE_DIR": str(self.folder / "state"),
            "OPS0_CACHE_DIR": str(self.folder / "cache"),
            "TMPDIR": str(self.folder / "tmp"),
            "PIP_INDEX_URL": index,
            "PIP_EXTRA_INDEX_URL": "",
            "UV_DEFAULT_INDEX": index,
            **self.more,
        }

    def begin(self, *words: str) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [OPS0, *words], cwd=self.project, env=self.environ, text=True,
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        )  # fmt: skip

    def end(self, program: subprocess.Popen[str]) -> Said:
        """Wait for what was begun."""
        return _end(program)

    def do(self, *words: str) -> Said:
        begun = time.monotonic()
        done = _end(self.begin(*words))
        if done.code == 0:
            self.longest[_kind(words)] = time.monotonic() - begun
        return done

    def die(self, how: Death, chance: random.Random, *words: str) -> Said:
        """Begin a command, and end it at any moment of the time that it takes."""
        program = self.begin(*words)
        with suppress(subprocess.TimeoutExpired):
            program.wait(chance.uniform(0.05, 1.1 * self.longest[_kind(words)]))
            return _end(program)
        end_by(program, how, chance)
        return _end(program)

    # what is left

    def processes(self) -> list[str]:
        """What still runs of it."""
        return left_alive(self.folder)

    def half(self) -> list[str]:
        """Files and folders that a write or a transfer has left, wherever it was."""
        found = [*(self.folder / "tmp").iterdir()]
        found += [
            path
            for path in self.folder.rglob(".*")
            if path.name not in (".gitignore", ".lock", ".whole")
        ]
        found += [path for path in self.project.iterdir() if "partial" in path.name]
        pushes = self.folder / "cache" / "pushes"
        found += [one for one in pushes.iterdir() if one.is_dir()] if pushes.is_dir() else []
        return sorted({str(path.relative_to(self.folder)) for path in found})

    def docker(self, *words: str) -> list[str]:
        argv = ["docker", "-H", self.engine, *words]
        return subprocess.run(argv, capture_output=True, text=True, check=True).stdout.split()

    def tags(self) -> list[str]:
        """All tags of the engine that name its pipeline or its registry."""
        # Not all of the engine's: it fails to list those where somebody removes one meanwhile.
        form = ("--format", "{{.Repository}}:{{.Tag}}")
        of = (f"*/{self.name}/*", self.registry)
        return [tag for one in of for tag in self.docker("images", one, *form)]

    def on_the_engine(self) -> list[str]:
        """Containers of its images and volumes of its runs, half tags, and builders."""
        rows = self.docker("ps", "-a", "--format", "{{.Names}}={{.Image}}")
        runs = [path.name for path in (self.folder / "state" / "runs").glob("*")]
        mine = lambda text: self.name in text or any(run in text for run in runs)  # noqa: E731
        left = [row for row in rows if mine(row)]
        left += [one for one in self.docker("volume", "ls", "-q") if mine(one)]
        left += [tag for tag in self.tags() if "unproven" in tag or tag.startswith(self.registry)]
        return left

    def working(self) -> bool:
        """Whether a container of its runs is up."""
        rows = self.docker("ps", "--format", "{{.Names}}")
        runs = [path.name for path in (self.folder / "state" / "runs").glob("*")]
        return any(run in row for row in rows for run in runs)

    def forget(self) -> None:
        """Take its images from the engine."""
        tags = self.tags()
        if tags:
            subprocess.run(
                ["docker", "-H", self.engine, "rmi", "-f", *tags], capture_output=True, check=True
            )


def _kind(words: tuple[str, ...]) -> str:
    """Of commands that take as long: a run of another kind does not."""
    return " ".join(word for word in words if "/" not in word)


def _end(program: subprocess.Popen[str]) -> Said:
    try:
        out, err = program.communicate(timeout=LIMIT)
    except subprocess.TimeoutExpired:
        program.kill()
        out, err = program.communicate()
        err += "\nthe program did not end"
    assert isinstance(program.args, list)
    words = " ".join(["ops0", *program.args[1:]])
    return Said(argv=words, code=program.returncode, out=out, err=err)


@contextmanager
def shop_with_registry(folder: Path, name: str) -> Iterator[Shop]:
    """One in ``folder/own``, with a registry of its own, for as long as the block lasts."""
    with registry(folder / "registry") as served:
        made = Shop(
            folder=folder / "own",
            name=f"{name}-{uuid.uuid4().hex[:8]}",
            registry=f"{served.host}/team/flow",
        )
        yield made
        made.forget()


def torn(repository: str) -> list[str]:
    """What a repository, HOST/PATH, names and has not, or has with other bytes."""
    host, _, path = repository.partition("/")
    base, found = f"http://{host}/v2/{path}", []

    def get(place: str) -> bytes:
        kinds = (
            "application/vnd.oci.image.manifest.v1+json, application/vnd.oci.image.index.v1+json"
        )
        request = urllib.request.Request(f"{base}/{place}", headers={"Accept": kinds})
        with urllib.request.urlopen(request, timeout=60) as answer:
            data: bytes = answer.read()
            return data

    def check(kind: str, digest: str) -> bytes:
        try:
            data = get(f"{kind}/{digest}")
        except OSError as fault:
            found.append(f"{kind} {digest}: {fault}")
            return b"{}"
        if f"sha256:{hashlib.sha256(data).hexdigest()}" != digest:
            found.append(f"{kind} {digest}: other bytes")
        return data

    def walk(document: Mapping[str, Any]) -> None:
        for one in document.get("manifests", ()):
            walk(json.loads(check("manifests", one["digest"])))
        for one in (document.get("config"), *document.get("layers", ())):
            if one is not None:
                check("blobs", one["digest"])

    try:
        tags = json.loads(get("tags/list"))["tags"] or []
    except OSError:
        return []
    for tag in tags:
        walk(json.loads(get(f"manifests/{tag}")))
    return found
