"""File names with a part that only the run knows, ``f"plots/{name}.png"``, as far as the code says them."""

from __future__ import annotations

import ast
import posixpath

from ops0.core.analyzer.project.module import Module
from ops0.core.analyzer.project.paths import known_path

__all__ = ["name_pattern"]

_ANY = "{…}"


def name_pattern(module: Module, node: ast.expr) -> str | None:
    """The name with ``{…}`` for each part that a run decides; None where it begins with one: it may lead anywhere.

    Unlike ``known_path`` it goes on after such a part: ``plots/{…}.png``.
    """
    first, *rest = _parts(node) or [node]
    begin = known_path(module, first)
    text = begin.text if begin is not None and begin.complete else _text(first)
    if text is None or text.startswith(_ANY):
        return None
    return posixpath.join(text, *(_part(module, one) for one in rest))


def _parts(node: ast.expr) -> list[ast.expr]:
    """What ``a / b``, ``Path(a, b)`` and ``os.path.join(a, b)`` put together; of anything else nothing."""
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Div):
        return [*(_parts(node.left) or [node.left]), node.right]
    if isinstance(node, ast.Call):
        func = node.func
        name = func.attr if isinstance(func, ast.Attribute) else getattr(func, "id", "")
        return node.args if name in ("Path", "join") else []
    return []


def _part(module: Module, node: ast.expr) -> str:
    found = known_path(module, node)
    return found.text if found is not None and found.complete else _text(node) or _ANY


def _text(node: ast.expr) -> str | None:
    """What an f-string comes to."""
    if not isinstance(node, ast.JoinedStr):
        return None
    return "".join(str(one.value) if isinstance(one, ast.Constant) else _ANY for one in node.values)
