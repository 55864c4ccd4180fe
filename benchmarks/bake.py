"""BuildKit alone: ``docker buildx bake`` on the tree that ops0 prints, under tags of its own."""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from benchmarks.programs import OPS0, call
from ops0.host.folders import cache_dir

PREFIX = "ops0-bench-bake"


class Bake:
    """A bake document and the folders that it names. The large ones are where ``ops0 build`` staged them."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.contexts = cache_dir() / "contexts"
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
        for context in (one for one in tree.iterdir() if one.is_dir()):
            if not (self.contexts / context.name).exists():
                shutil.copytree(context, self.contexts / context.name)

    def run(self, *, output: str = "type=docker", env: Mapping[str, str] | None = None) -> None:
        """Build all targets, as one would by hand."""
        document = str(self.folder / "bake.json")
        argv = ["docker", "buildx", "bake", "--allow", "fs.read=*", "--file", document]
        call([*argv, "--set", f"*.output={output}"], cwd=self.contexts, env=env)


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
