"""Small questions about expressions: what is part of what, what takes a text apart."""

from __future__ import annotations

import ast

from ops0.core.analyzer.syntax.conditions import chain_of

__all__ = ["is_split", "is_unset", "is_within", "item_of", "split_text"]

_SPLITS = frozenset({"partition", "rpartition", "rsplit", "split"})


def is_within(inner: ast.expr, outer: ast.expr) -> bool:
    """Whether an expression of the same file stands inside another."""
    start, first = (inner.lineno, inner.col_offset), (outer.lineno, outer.col_offset)
    end = (inner.end_lineno or 0, inner.end_col_offset or 0)
    return (
        inner is not outer
        and first <= start
        and end
        <= (
            outer.end_lineno or 0,
            outer.end_col_offset or 0,
        )
    )


def is_split(node: ast.AST) -> bool:
    """``path.rsplit(".", 1)``, ``path.partition(":")``: a call that takes a text apart."""
    return (
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr in _SPLITS
        and 1 <= len(node.args) <= 2
        and all(isinstance(one, ast.Constant) for one in node.args)
    )


def is_unset(node: ast.AST) -> bool:
    """``os.environ.get("X")`` and ``os.getenv("X")`` without a default."""
    if not isinstance(node, ast.Call) or len(node.args) != 1 or node.keywords:
        return False
    chain = chain_of(node.func) or ("",)
    return chain[-2:] == ("environ", "get") or chain[-1] == "getenv"


def item_of(node: ast.expr, index: int) -> ast.Subscript:
    """``node[index]``."""
    number = ast.copy_location(ast.Constant(value=index), node)
    return ast.copy_location(ast.Subscript(node, number, ast.Load()), node)


def split_text(node: ast.Call, text: str, index: int) -> str | None:
    """The item of what a call that ``is_split`` makes of a text; None where it makes none."""
    assert isinstance(node.func, ast.Attribute)  # noqa: S101 - what is_split says
    given = [one.value for one in node.args if isinstance(one, ast.Constant)]
    try:
        parts = getattr(text, node.func.attr)(*given)
    except (TypeError, ValueError):
        return None
    return str(parts[index]) if -len(parts) <= index < len(parts) else None
