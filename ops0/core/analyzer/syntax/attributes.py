"""Names of attributes whose owner is not looked at: of values, and of what is assigned."""

from __future__ import annotations

import ast

from ops0.core.analyzer.syntax.conditions import chain_of
from ops0.core.analyzer.syntax.model import Chain

__all__ = ["attributes_of", "setting_of"]


def setting_of(target: ast.expr) -> Chain | None:
    """``a.b`` of ``a.b = 1``, and ``os.environ[X]`` of ``os.environ["X"] = 1``."""
    if isinstance(target, ast.Attribute):
        return chain_of(target)
    chain = chain_of(target.value) if isinstance(target, ast.Subscript) else None
    key = target.slice if isinstance(target, ast.Subscript) else None
    if chain is None or len(chain) < 2 or not isinstance(key, ast.Constant):
        return None
    return (*chain[:-1], f"{chain[-1]}[{key.value}]") if isinstance(key.value, str) else None


def attributes_of(node: ast.expr) -> Chain:
    """``.a.b`` of ``f(x).a.b``."""
    parts: list[str] = []
    while isinstance(node, ast.Attribute):
        parts.append(node.attr)
        node = node.value
    return tuple(reversed(parts))
