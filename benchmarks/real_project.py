"""A project of code that nobody here wrote: an installed package as the project's own, and a step for each function."""

from __future__ import annotations

import ast
import shutil
from pathlib import Path

ENTRY = "pipeline.py"


def write(folder: Path, package: Path, most: int) -> int:
    """Copy a package without its tests into a folder, beside a pipeline of a step for each of its public functions.

    most:    steps
    returns: how many there are
    """
    shutil.copytree(
        package, folder / package.name, ignore=shutil.ignore_patterns("tests", "__pycache__")
    )
    found = [
        (path, name)
        for path in sorted((folder / package.name).rglob("*.py"))
        if path.name != "__init__.py"
        for name in _functions(path)
    ]
    chosen = found[:: -(-len(found) // most)]
    (folder / ENTRY).write_text(_pipeline(folder, chosen), "utf-8")
    return len(chosen)


def lines(folder: Path) -> int:
    """All lines of all its Python files."""
    return sum(path.read_bytes().count(b"\n") for path in folder.rglob("*.py"))


def _functions(path: Path) -> list[str]:
    body = ast.parse(path.read_bytes()).body
    return [
        one.name
        for one in body
        if isinstance(one, ast.FunctionDef) and not one.name.startswith("_")
    ]


def _pipeline(folder: Path, chosen: list[tuple[Path, str]]) -> str:
    head, steps, calls = ["import ops0"], [], []
    for at, (path, name) in enumerate(chosen):
        module = ".".join(path.relative_to(folder).with_suffix("").parts)
        head.append(f"from {module} import {name} as f{at}")
        steps.append(
            f"\n\n@ops0.step\ndef step_{at}(graph: str) -> str:\n    return f{at}(graph)\n"
        )
        calls.append(f"    r{at} = step_{at}(source)\n")
    results = ", ".join(f"r{at}" for at in range(len(chosen)))
    return (
        "\n".join(head)
        + "".join(steps)
        + "\n\n@ops0.pipeline\ndef everything(source: str):\n"
        + "".join(calls)
        + f"    return [{results}]\n"
    )
