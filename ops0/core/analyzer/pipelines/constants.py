"""Constants of modules that a pipeline function names, such as ``REGIONS`` and ``settings.REGIONS``."""

from __future__ import annotations

import ast
from typing import Any

from ops0.core.analyzer.pipelines.frames import Frame, shown
from ops0.core.analyzer.pipelines.pieces import fixed
from ops0.core.analyzer.project.literals import NotLiteral, literal
from ops0.core.analyzer.project.module import Module
from ops0.core.analyzer.project.paths import constant_behind
from ops0.core.analyzer.project.resolve import Local, resolve
from ops0.core.analyzer.syntax.conditions import chain_of
from ops0.core.pipeline import Where

__all__ = ["CHANGING", "is_constant", "module_constant"]

CHANGING = frozenset(
    {"append", "clear", "extend", "insert", "pop", "popitem", "remove", "reverse", "setdefault"}
    | {"sort", "update"}
)
"""Methods that change a list or dict."""


def module_constant(frame: Frame, node: ast.expr) -> Any:
    """The value of a name that stands for a literal in a module, or of a literal; BROKEN after a fault."""
    try:
        value = literal(frame.module, node)
    except NotLiteral as fault:
        inside = any(one is fault.node for one in ast.walk(node))
        return frame.neither(fault.node if inside else node)
    changed = _changed(frame, node) if isinstance(value, (list, dict)) else None
    if changed is not None:
        fact = f"`{shown(node)}` is only known when the code runs: {changed} changes it"
        return frame.fault(node, fact, "write it out in one place")
    return fixed(value)


def is_constant(frame: Frame, node: ast.expr) -> bool:
    """Whether a name stands for what is assigned to it once at the top of a module."""
    return constant_behind(frame.module, node, 0) is not None


def _changed(frame: Frame, node: ast.expr) -> Where | None:
    chain = chain_of(node)
    found = resolve(frame.module, chain) if chain is not None else None
    if not isinstance(found, Local):
        return None
    known = frame.drawing.changed
    for module, name in {(found.module, (found.name,)), (frame.module, chain)}:
        key = module.path, ".".join(name or ())
        if key not in known:
            known[key] = _where_changed(module, module.parsed.tree, name or ())
        if known[key] is not None:
            return known[key]
    return None


def _where_changed(module: Module, node: ast.AST, name: tuple[str, ...]) -> Where | None:
    """The first place in a module that changes what a name holds; functions with such a name of their own do not."""
    if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)) and _binds(
        node, name[0]
    ):
        return None
    changed: ast.AST | None = None
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
        changed = node.func.value if node.func.attr in CHANGING else None
    elif isinstance(node, ast.Subscript) and not isinstance(node.ctx, ast.Load):
        changed = node.value
    if changed is not None and chain_of(changed) == name:
        return module.where(getattr(node, "lineno", 1))
    for child in ast.iter_child_nodes(node):
        found = _where_changed(module, child, name)
        if found is not None:
            return found
    return None


def _binds(node: ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda, name: str) -> bool:
    for one in ast.walk(node):
        if isinstance(one, ast.Global) and name in one.names:
            return False
    return any(
        (isinstance(one, ast.arg) and one.arg == name)
        or (isinstance(one, ast.Name) and one.id == name and isinstance(one.ctx, ast.Store))
        for one in ast.walk(node)
    )
