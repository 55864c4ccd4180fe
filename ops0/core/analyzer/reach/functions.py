"""All functions of a file by their dotted names, nested ones and methods too."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from ops0.core.analyzer.project.module import Module
from ops0.core.analyzer.syntax.model import DEFINITIONS
from ops0.core.notebooks.document import is_notebook

__all__ = ["Path", "functions_of"]

Function = ast.FunctionDef | ast.AsyncFunctionDef
Path = tuple[Function | ast.ClassDef, ...]
"""The definitions around a function, outermost first, and the function itself."""


def functions_of(module: Module) -> dict[str, tuple[Path, ...]]:
    """``outer.inner`` and ``Class.method`` to the definitions of that name, in the order of the source."""
    found: dict[str, tuple[Path, ...]] = {}
    for path in _walk(module.parsed.tree.body, ()):
        name = ".".join(one.name for one in path)
        found[name] = (*found.get(name, ()), path)
    if not is_notebook(module.path):
        return found
    # A cell that defines a function again is an edit of it: the last definition counts.
    last = {node.name: node for node in module.parsed.tree.body if isinstance(node, DEFINITIONS)}
    return {
        name: kept
        for name, paths in found.items()
        if (kept := tuple(path for path in paths if last.get(path[0].name, path[0]) is path[0]))
    }


def _walk(body: list[ast.stmt], around: Path) -> Iterator[Path]:
    for node in body:
        if isinstance(node, DEFINITIONS):
            if not isinstance(node, ast.ClassDef):
                yield (*around, node)
            yield from _walk(node.body, (*around, node))
            continue
        for field in ("body", "orelse", "finalbody"):
            inner = getattr(node, field, None)
            if isinstance(inner, list):
                yield from _walk(inner, around)
        for part in (*getattr(node, "handlers", ()), *getattr(node, "cases", ())):
            yield from _walk(part.body, around)
