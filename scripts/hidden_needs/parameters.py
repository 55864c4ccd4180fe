"""What a call gives a function's parameters, and what they are where it gives nothing."""

from __future__ import annotations

import ast
from collections.abc import Mapping

from hidden_needs.optional import Function


def given_to(callee: Function, node: ast.Call) -> Mapping[str, ast.expr]:
    """The callee's parameters with what the call gives them."""
    names = [one.arg for one in (*callee.args.posonlyargs, *callee.args.args)]
    bound = names[1:] if names[:1] in (["self"], ["cls"]) else names
    given = dict(zip(bound, node.args, strict=False))
    given.update((one.arg, one.value) for one in node.keywords if one.arg)
    return given


def defaults_of(node: Function) -> Mapping[str, ast.expr]:
    """Parameters with their defaults."""
    places = [*node.args.posonlyargs, *node.args.args]
    late = zip(places[len(places) - len(node.args.defaults) :], node.args.defaults, strict=True)
    named = zip(node.args.kwonlyargs, node.args.kw_defaults, strict=True)
    return {one.arg: value for one, value in (*late, *named) if value is not None}
