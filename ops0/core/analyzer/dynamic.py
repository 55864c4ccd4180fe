"""Imports made by calls: ``importlib.import_module("x")``. What cannot be decided is said, never dropped."""

from __future__ import annotations

import ast
from collections.abc import Iterable

from ops0.core.analyzer.kept_sets import kept_sets
from ops0.core.analyzer.model import CallUse, Extract, Imported
from ops0.core.analyzer.modules import Module
from ops0.core.analyzer.paths import known_text
from ops0.core.analyzer.reach import Reach
from ops0.core.analyzer.resolve import External, resolve, resolve_import
from ops0.core.pipeline import Warn

__all__ = ["dynamic_imports"]

_IMPORTERS = frozenset({"importlib.import_module", "importlib.__import__", "builtins.__import__"})


def dynamic_imports(reach: Reach) -> bool:
    """Follow the import calls of all reached code; says whether something new is to be followed."""
    before = (len(reach.externals), len(reach.kept), len(reach.whole), len(reach.faults))
    alone = [(module, _import_calls(module, (piece,))) for module, piece in reach.extras]
    for module, calls in (
        *alone,
        *((one, _calls_of_kept(one, kept)) for one, kept in kept_sets(reach)),
    ):
        for call in calls:
            _follow(reach, module, call)
    return before != (len(reach.externals), len(reach.kept), len(reach.whole), len(reach.faults))


def _calls_of_kept(module: Module, kept: frozenset[int]) -> tuple[CallUse, ...]:
    """The import calls of a module's kept units. Many steps keep the same ones of a module."""
    pieces = (module.extract(module.units[index]) for index in sorted(kept))
    return module.memory.once(("import calls", kept), lambda: _import_calls(module, pieces))


def _import_calls(module: Module, pieces: Iterable[Extract]) -> tuple[CallUse, ...]:
    return tuple(call for piece in pieces for call in piece.calls if _imports(module, call))


def _imports(module: Module, call: CallUse) -> bool:
    if call.chain == ("__import__",):
        return not call.via and "__import__" not in module.bindings
    if not call.chain[0] or (
        call.chain[-1] not in ("import_module", "__import__") and len(call.chain) > 1
    ):
        return False
    if call.via:
        found = [resolve_import(module, one, call.chain[1:]) for one in call.via]
    else:
        found = [resolve(module, call.chain)]
    return any(isinstance(one, External) and one.dotted in _IMPORTERS for one in found)


def _follow(reach: Reach, module: Module, call: CallUse) -> None:
    node = call.node
    argument = (
        node.args[0]
        if node.args
        else next((one.value for one in node.keywords if one.arg == "name"), None)
    )
    name = known_text(module, argument) if argument is not None else None
    if name is None or not all(part.isidentifier() for part in name.lstrip(".").split(".")):
        _warn(reach, module, node, argument)
        return
    level = len(name) - len(name.lstrip("."))
    one = Imported(module=name.lstrip("."), level=level, bound=name, whole=True, line=node.lineno)
    reach.follow(module, one, (), None, bare=True)


def _warn(reach: Reach, module: Module, node: ast.Call, argument: ast.expr | None) -> None:
    shown = ast.unparse(argument)[:60] if argument is not None else ""
    head = argument.values[0] if isinstance(argument, ast.JoinedStr) and argument.values else None
    known = head.value if isinstance(head, ast.Constant) and isinstance(head.value, str) else ""
    package = known.rpartition(".")[0]
    warn = Warn(
        where=module.where(node.lineno),
        text=f"what `{ast.unparse(node.func)[:40]}({shown})` imports is only known when it runs",
        hint='name what it may import on the step: @ops0.requires("...")',
    )
    reach.warnings.setdefault(warn)
    if package and all(part.isidentifier() for part in package.split(".")):
        # The known head of an f-string names the package for sure.
        one = Imported(module=package, bound=package, whole=True, line=node.lineno)
        reach.follow(module, one, (), None, bare=False)
