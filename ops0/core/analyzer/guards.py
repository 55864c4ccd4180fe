"""``try: import x`` and its relatives: whether the code goes on when an import fails, and how."""

from __future__ import annotations

import ast
from collections.abc import Callable

from ops0.core.analyzer.conditions import chain_of
from ops0.core.analyzer.model import Guard, imported_by

__all__ = ["asks_for_module", "body_always_works", "guard_of", "suppresses_import_error"]

_CAUGHT = frozenset({"ImportError", "ModuleNotFoundError", "Exception", "BaseException"})
_EXITS = frozenset({("sys", "exit"), ("exit",), ("quit",), ("os", "_exit")})
_FINDERS = frozenset({"find_spec", "find_loader", "find_module"})


def guard_of(node: ast.Try) -> Guard:
    """What happens when an import in the body of this ``try`` fails.

    "other": a handler imports or defines something instead;  "absent": it goes on without
    """
    guard: Guard = "none"
    for handler in node.handlers:
        if not _catches_import_error(handler.type):
            continue
        if _gives_up(handler.body):
            return "none"
        alternative = any(
            isinstance(inner, (ast.Import, ast.ImportFrom, ast.FunctionDef, ast.ClassDef))
            for statement in handler.body
            for inner in ast.walk(statement)
        )
        return "other" if alternative else "absent"
    return guard


def body_always_works(node: ast.Try, always: Callable[[str, int], bool]) -> bool:
    """Whether the body only imports what the target has for sure: then import handlers never run."""
    imports = [one for one in node.body if isinstance(one, (ast.Import, ast.ImportFrom))]
    if len(imports) != len(node.body) or not all(
        _catches_import_error(one.type) for one in node.handlers
    ):
        return False
    return all(
        always(one.module, one.level) for statement in imports for one in imported_by(statement)
    )


def suppresses_import_error(node: ast.With | ast.AsyncWith) -> bool:
    """``with contextlib.suppress(ImportError):``."""
    return any(
        isinstance(item.context_expr, ast.Call)
        and (chain_of(item.context_expr.func) or ("",))[-1] == "suppress"
        and any(_catches_import_error(argument) for argument in item.context_expr.args)
        for item in node.items
    )


def asks_for_module(test: ast.expr) -> bool:
    """``if importlib.util.find_spec("x"):``."""
    return any(
        isinstance(inner, ast.Call) and (chain_of(inner.func) or ("",))[-1] in _FINDERS
        for inner in ast.walk(test)
    )


def _catches_import_error(caught: ast.expr | None) -> bool:
    if caught is None:
        return True
    if isinstance(caught, ast.Tuple):
        return any(_catches_import_error(one) for one in caught.elts)
    return (chain_of(caught) or ("",))[-1] in _CAUGHT


def _gives_up(body: list[ast.stmt]) -> bool:
    last = body[-1]
    if isinstance(last, ast.Raise):
        return True
    return (
        isinstance(last, ast.Expr)
        and isinstance(last.value, ast.Call)
        and chain_of(last.value.func) in _EXITS
    )
