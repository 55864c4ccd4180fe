"""``ops0 build --print``: a BuildTree as files for people, without the wheels, Debian packages and models in it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from ops0_builder.planning.tree import BuildTree


def printable(tree: BuildTree) -> Mapping[str, bytes]:
    """``bake.json``, then each context's own files, by path."""
    files = {
        f"{context.folder}/{name}": data
        for context in tree.contexts.values()
        for name, data in context.files.items()
    }
    return {"bake.json": tree.bake_json, **dict(sorted(files.items()))}


def write_tree(tree: BuildTree, folder: Path) -> tuple[Path, ...]:
    """Write what is printable into a folder, and a folder for each context. Gives the files' paths, sorted."""
    for context in tree.contexts.values():
        (folder / context.folder).mkdir(parents=True, exist_ok=True)
    written = []
    for name, data in printable(tree).items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
        written.append(path)
    return tuple(sorted(written))
