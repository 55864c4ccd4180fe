"""``ops0 build --print``: a BuildTree as files for people, stopping before Docker."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from ops0_builder.context import fill
from ops0_builder.tree import BuildTree


def write_tree(tree: BuildTree, folder: Path) -> tuple[Path, ...]:
    """Write ``bake.json`` and every context into a folder, but for the wheels and Debian packages in them.

    gives: the files that people read: the bake document, then each step's Dockerfile
    """
    for name, context in tree.contexts.items():
        (folder / name).mkdir(parents=True, exist_ok=True)
        fill(replace(context, linked=(), model=None), folder / name, {})
    document = folder / "bake.json"
    document.write_bytes(tree.bake_json)
    return (document, *(folder / one.recipe / "Dockerfile" for one in tree.targets.values()))
