"""The parts of an expression that its value may be, or hold."""

from __future__ import annotations

import ast
from collections.abc import Sequence

__all__ = ["parts_of"]


def parts_of(node: ast.AST | None) -> Sequence[ast.expr | None]:
    """Those that count whoever asks; whether attributes, lambdas and dict comprehensions do is theirs to say."""
    match node:
        case ast.Subscript() | ast.Starred() | ast.Await() | ast.NamedExpr():
            return (node.value,)
        case ast.IfExp():
            return (node.body, node.orelse)
        case ast.BoolOp() | ast.Dict():
            return node.values
        case ast.Tuple() | ast.List() | ast.Set():
            return node.elts
        case ast.ListComp() | ast.SetComp() | ast.GeneratorExp():
            return (node.elt,)
    return ()
