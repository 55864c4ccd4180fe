"""What a method uses of the class that it stands in: by ``self``, by ``super()``, and of instances that it makes."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from ops0.core.analyzer.reach.functions import Function
from ops0.core.analyzer.syntax.conditions import chain_of

__all__ = ["has_instance", "is_called", "used_of_class", "used_of_self"]

_CALLED = frozenset({"__call__", "call", "forward"})
"""What runs when an instance is called: by Python, keras, torch."""


def used_of_class(method: Function) -> set[str]:
    """The names of the class's attributes that a method says."""
    return {*used_of_self(method), *_used_of_super(method), *_used_of_made(method)}


def used_of_self(method: Function) -> set[str]:
    """``x`` of each ``self.x``; not of a step that Metaflow's ``self.next(self.x)`` runs elsewhere.

    For ``self(x)`` what Python calls, or a library's base class behind it.
    """
    if any((chain_of(one) or ("",))[-1] == "staticmethod" for one in method.decorator_list):
        return set()
    me = next((one.arg for one in (*method.args.posonlyargs, *method.args.args)), None)
    elsewhere = {
        id(argument)
        for node in ast.walk(method)
        if isinstance(node, ast.Call) and chain_of(node.func) == (me, "next")
        for argument in node.args
    }
    found = {
        chain[1]
        for node in ast.walk(method)
        if isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Load)
        for chain in [chain_of(node)]
        if chain and chain[0] == me and len(chain) > 1 and id(node) not in elsewhere
    }
    return found | _CALLED if is_called(method, me) and not _is_of_class(method) else found


def has_instance(method: Function) -> bool:
    """Whether a method runs on an instance, or makes one by ``cls()``."""
    if any((chain_of(one) or ("",))[-1] == "staticmethod" for one in method.decorator_list):
        return False
    me = next((one.arg for one in (*method.args.posonlyargs, *method.args.args)), None)
    return not _is_of_class(method) or is_called(method, me)


def _is_of_class(method: Function) -> bool:
    return any((chain_of(one) or ("",))[-1] == "classmethod" for one in method.decorator_list)


def is_called(node: ast.AST, name: str | None) -> bool:
    """Whether some code calls what has that name: ``name(…)``."""
    return any(
        isinstance(one, ast.Call) and chain_of(one.func) == (name,) for one in ast.walk(node)
    )


def _used_of_made(method: Function) -> Iterator[str]:
    """``x`` of each ``made.x`` after ``made = cls(…)``, of ``cls(…).x``, and of what ``type(self)(…)`` makes."""
    me = next((one.arg for one in (*method.args.posonlyargs, *method.args.args)), None)
    own = (me,) if _is_of_class(method) else (me, "__class__")
    names = {
        target.id
        for node in ast.walk(method)
        for target, value in _bound_by(node)
        if isinstance(target, ast.Name) and _makes(value, own, me)
    }
    for node in ast.walk(method):
        if isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Load):
            named = isinstance(node.value, ast.Name) and node.value.id in names
            if named or _makes(node.value, own, me):
                yield node.attr


def _bound_by(node: ast.AST) -> Iterator[tuple[ast.expr, ast.expr]]:
    """What a statement binds, and to what."""
    if isinstance(node, ast.Assign):
        yield from ((one, node.value) for one in node.targets)
    elif isinstance(node, (ast.AnnAssign, ast.NamedExpr)) and node.value is not None:
        yield node.target, node.value
    elif isinstance(node, ast.withitem) and node.optional_vars is not None:
        yield node.optional_vars, node.context_expr


def _makes(node: ast.expr, own: tuple[str | None, ...], me: str | None) -> bool:
    """Whether an expression makes an instance of the class that a method is of, by itself or another class method."""
    if not isinstance(node, ast.Call):
        return False
    func = node.func
    if isinstance(func, ast.Call):
        args = [chain_of(one) for one in func.args]
        return chain_of(func.func) == ("type",) and args == [(me,)]
    chain = chain_of(func) or ()
    return chain[: len(own)] == own and len(chain) <= len(own) + 1


def _used_of_super(method: Function) -> Iterator[str]:
    """``x`` of each ``super().x``."""
    for node in ast.walk(method):
        if isinstance(node, ast.Attribute) and _is_super(node.value):
            yield node.attr


def _is_super(node: ast.expr) -> bool:
    return isinstance(node, ast.Call) and chain_of(node.func) == ("super",)
