"""Functions handed to others with what they are called with: ``pool.map(os.system, commands)`` read as calls."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from ops0.core.analyzer.syntax.conditions import chain_of

__all__ = ["handed_calls"]

_EACH = frozenset(
    {"imap", "imap_unordered", "map", "map_async", "process_map", "starmap", "thread_map"}
)
_ONCE = frozenset({"Process", "Thread", "apply", "apply_async", "call_soon", "delayed", "partial", "run_in_executor",
                   "submit", "to_thread"})  # fmt: skip


def handed_calls(node: ast.Call) -> Iterator[ast.Call]:
    """The calls that a call makes of functions among its arguments."""
    func = node.func
    name = func.attr if isinstance(func, ast.Attribute) else getattr(func, "id", "")
    if name not in _EACH and name not in _ONCE:
        return
    given = {one.arg: one.value for one in node.keywords if one.arg}
    if "target" in given and chain_of(given["target"]):
        items = given.get("args")
        arguments = list(items.elts) if isinstance(items, (ast.Tuple, ast.List)) else []
        yield _call(node, given["target"], arguments)
        return
    at = next((at for at, one in enumerate(node.args[:2]) if chain_of(one)), None)
    if at is None:
        return
    rest = node.args[at + 1 :]
    if not rest:
        return  # `partial(run, check=True)`: whoever calls that gives the rest
    if name in _EACH:
        rest = [_element(one) for one in rest]
    keywords = [one for one in node.keywords if name == "partial" or one.arg == "shell"]
    yield _call(node, node.args[at], rest, keywords)


def _call(
    node: ast.Call,
    func: ast.expr,
    arguments: list[ast.expr],
    keywords: list[ast.keyword] | None = None,
) -> ast.Call:
    return ast.copy_location(ast.Call(func, arguments, keywords or []), node)


def _element(node: ast.expr) -> ast.expr:
    """Any item of an expression: ``node[...]``."""
    anything = ast.copy_location(ast.Constant(value=...), node)
    return ast.copy_location(ast.Subscript(node, anything, ast.Load()), node)
