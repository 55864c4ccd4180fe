"""BuildKit alone: ``docker buildx bake`` on the tree that ops0 prints, under tags of its own."""

from __future__ import annotations

import json
import os
import re
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from benchmarks.plain import cached_wheel
from benchmarks.programs import OPS0, call
from ops0.host.folders import cache_dir
from ops0_builder.planning.uv_file import uv_file

PREFIX = "ops0-bench-bake"


PINNED = re.compile(r"--hash=sha256:([0-9a-f]{64})")


class Bake:
    """A bake document and the folders that it names and their wheels: all its own, the user's cache stays as it is."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.contexts = folder / "contexts"
        self.tags: tuple[str, ...] = ()

    def take(self, project: Path) -> None:
        """Take the tree of the project as it is now."""
        tree = self.folder / "tree"
        shutil.rmtree(tree, ignore_errors=True)
        call([OPS0, "build", "--print", "--to", str(tree)], cwd=project)
        document = json.loads((tree / "bake.json").read_text())
        for name, target in document["target"].items():
            target["tags"] = [f"{PREFIX}/{name.replace('_', '-')}:latest"]
        self.tags = tuple(target["tags"][0] for target in document["target"].values())
        (self.folder / "bake.json").write_text(json.dumps(document))
        call([OPS0, "lock", "--wheelhouse", str(self.folder / "carried")], cwd=project)
        for name in {name for one in document["target"].values() for name in _folders(one)}:
            if not (self.contexts / name).exists():
                _stage(tree / name, self.contexts / name)

    def run(self, *, output: str = "type=docker", env: Mapping[str, str] | None = None) -> None:
        """Build all targets, as one would by hand."""
        document = str(self.folder / "bake.json")
        argv = ["docker", "buildx", "bake", "--allow", "fs.read=*", "--file", document]
        call([*argv, "--set", f"*.output={output}"], cwd=self.contexts, env=env)


def _folders(target: Mapping[str, Any]) -> Iterator[str]:
    yield target["context"]
    yield Path(target["dockerfile"]).parent.name
    yield from (one for one in target["contexts"].values() if ":" not in one)


def _stage(printed: Path, folder: Path) -> None:
    """The context's own files, and the wheels that ``ops0 build --print`` leaves out."""
    folder.mkdir(parents=True)
    if printed.is_dir():
        shutil.copytree(printed, folder, dirs_exist_ok=True)
    if folder.name.startswith("uv-"):
        _, uv = uv_file()
        os.link(uv, folder / uv.name)
    pins = folder / "requirements.txt"
    for digest in PINNED.findall(pins.read_text()) if pins.exists() else ():
        wheel = cached_wheel(cache_dir(), digest)
        os.link(wheel, folder / wheel.name)


@contextmanager
def baking() -> Iterator[Bake]:
    """A Bake whose tags are taken away in the end."""
    with tempfile.TemporaryDirectory(prefix="ops0-bench-") as name:
        bake = Bake(Path(name))
        try:
            yield bake
        finally:
            if bake.tags:
                call(["docker", "image", "rm", "--force", *bake.tags])
