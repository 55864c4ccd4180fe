"""``try: import x`` and its relatives: whether the code goes on when an import fails, and how."""

from __future__ import annotations

import ast
from collections.abc import Callable

from ops0.core.analyzer.syntax.conditions import chain_of
from ops0.core.analyzer.syntax.model import Guard, imported_by
from ops0.core.analyzer.syntax.walking import walk

__all__ = [
    "body_always_works",
    "catches_import_error",
    "gives_up",
    "guard_of",
    "modules_tried",
    "suppresses_import_error",
]

_BROAD = frozenset({"Exception", "BaseException"})
_CAUGHT = _BROAD | {"ImportError", "ModuleNotFoundError"}
_EXITS = frozenset({("sys", "exit"), ("exit",), ("quit",), ("os", "_exit")})


def guard_of(node: ast.Try) -> Guard:
    """What happens when an import in the body of this ``try`` fails.

    "other": a handler imports or defines something instead;  "absent": it goes on without
    """
    guard: Guard = "none"
    for handler in node.handlers:
        if not catches_import_error(handler.type):
            continue
        if gives_up(handler.body) or (_is_broad(handler.type) and not _only_imports(node.body)):
            return "none"
        if _modules(handler.body) & _modules(node.body) and not _names(handler.body):
            return "none"  # it has installed what was missing, and tries again
        alternative = any(
            isinstance(inner, (ast.Import, ast.ImportFrom, ast.FunctionDef, ast.ClassDef))
            for statement in handler.body
            for inner in walk(statement)
        )
        return "other" if alternative else "absent"
    return guard


def modules_tried(node: ast.Try) -> tuple[str, ...]:
    """The modules that the body of a ``try`` imports absolutely, in its order."""
    found = [
        one.module
        for statement in node.body
        if isinstance(statement, (ast.Import, ast.ImportFrom))
        for one in imported_by(statement)
        if not one.level
    ]
    return tuple(dict.fromkeys(found))


def body_always_works(node: ast.Try, always: Callable[[str, int], bool]) -> bool:
    """Whether the body only imports what the target has for sure: then import handlers never run."""
    imports = [one for one in node.body if isinstance(one, (ast.Import, ast.ImportFrom))]
    if len(imports) != len(node.body) or not all(
        catches_import_error(one.type) for one in node.handlers
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
        and any(catches_import_error(argument) for argument in item.context_expr.args)
        for item in node.items
    )


def catches_import_error(caught: ast.expr | None) -> bool:
    """Whether ``except caught`` is reached when an import fails."""
    if caught is None:
        return True
    if isinstance(caught, ast.Tuple):
        return any(catches_import_error(one) for one in caught.elts)
    return (chain_of(caught) or ("",))[-1] in _CAUGHT


def _is_broad(caught: ast.expr | None) -> bool:
    return caught is None or (chain_of(caught) or ("",))[-1] in _BROAD


def _only_imports(body: list[ast.stmt]) -> bool:
    """Whether a body only imports and notes that it did: else ``except Exception`` is for what follows the import."""
    plain = (ast.Import, ast.ImportFrom, ast.Pass)
    return all(
        isinstance(one, plain)
        or (isinstance(one, ast.Assign) and not any(isinstance(i, ast.Call) for i in walk(one)))
        or (isinstance(one, ast.Try) and _only_imports(one.body))
        for one in body
    )


def _modules(body: list[ast.stmt]) -> set[str]:
    return {
        alias.name
        for statement in body
        for inner in walk(statement)
        if isinstance(inner, ast.Import)
        for alias in inner.names
    } | _names(body)


def _names(body: list[ast.stmt]) -> set[str]:
    return {
        inner.module or ""
        for statement in body
        for inner in walk(statement)
        if isinstance(inner, ast.ImportFrom)
    }


def gives_up(body: list[ast.stmt]) -> bool:
    """Whether a body ends in an error or the end of the program."""
    last = body[-1]
    if isinstance(last, ast.Raise):
        return True
    return (
        isinstance(last, ast.Expr)
        and isinstance(last.value, ast.Call)
        and chain_of(last.value.func) in _EXITS
    )
