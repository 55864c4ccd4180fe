"""Which names a scope binds, by Python's own rules: parameters, assignments, imports, walrus, patterns, ``global``."""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Literal

from ops0.core.analyzer.syntax.model import Imported, imported_by
from ops0.core.analyzer.syntax.walking import Visitor, walk

__all__ = [
    "Function",
    "Scope",
    "ScopeKind",
    "bound_by",
    "class_scope",
    "comprehension_scope",
    "function_scope",
    "names_bound",
]

ScopeKind = Literal["function", "class", "comprehension", "enclosing"]
Function = ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda
Comprehension = ast.ListComp | ast.SetComp | ast.DictComp | ast.GeneratorExp


@dataclass
class Scope:
    """One scope. ``enclosing`` marks a function around the analysed piece: its names are reported, not owned.

    values: what names are assigned, for those that are bound once; a parameter's default
    given:  the parameters
    """

    kind: ScopeKind
    names: set[str] = field(default_factory=set)
    imports: dict[str, tuple[Imported, ...]] = field(default_factory=dict)
    globals: set[str] = field(default_factory=set)
    nonlocals: set[str] = field(default_factory=set)
    values: dict[str, ast.expr] = field(default_factory=dict)
    given: frozenset[str] = frozenset()
    _known: dict[str, ast.expr | None] | None = field(default=None, repr=False, compare=False)

    @property
    def known(self) -> dict[str, ast.expr | None]:
        """The names that end here, with their one value where they have one. Asked for when all are known."""
        if self._known is None:
            self._known = {name: self.values.get(name) for name in self.names if self.owns(name)}
        return self._known

    def owns(self, name: str) -> bool:
        """Whether a read of that name in this scope ends here."""
        return name in self.names and name not in self.globals and name not in self.nonlocals


def function_scope(node: Function, kind: ScopeKind = "function") -> Scope:
    """The scope that a call of a function or lambda opens."""
    body: list[ast.stmt] = [ast.Expr(node.body)] if isinstance(node, ast.Lambda) else node.body
    scope = bound_by(body, kind)
    arguments = node.args
    every = [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs]
    for name, default in _defaults(arguments):
        if name in scope.names:
            scope.values.pop(name, None)
        elif default is not None:
            scope.values[name] = default
    every += [one for one in (arguments.vararg, arguments.kwarg) if one is not None]
    scope.given = frozenset(one.arg for one in every)
    scope.names.update(scope.given)
    scope.names.update(type_parameters(node))
    return scope


def _defaults(arguments: ast.arguments) -> list[tuple[str, ast.expr | None]]:
    """Each parameter that is given by name or position, with its default."""
    placed = [one.arg for one in (*arguments.posonlyargs, *arguments.args)]
    bare: list[ast.expr | None] = [None] * (len(placed) - len(arguments.defaults))
    named = zip((one.arg for one in arguments.kwonlyargs), arguments.kw_defaults, strict=True)
    return [*zip(placed, [*bare, *arguments.defaults], strict=True), *named]


def class_scope(node: ast.ClassDef) -> Scope:
    """The scope of a class body: seen by its own statements, not by its methods."""
    return bound_by(node.body, "class")


def comprehension_scope(node: Comprehension) -> Scope:
    """The scope of a comprehension: its targets."""
    scope = Scope("comprehension")
    for part in node.generators:
        scope.names.update(
            one.id
            for one in walk(part.target)
            if isinstance(one, ast.Name) and isinstance(one.ctx, ast.Store)
        )
    return scope


def names_bound(statements: Iterable[ast.stmt]) -> frozenset[str]:
    """The names that statements bind in the scope they stand in, and that are there when they have run."""
    binder = _bound(statements, "function")
    return frozenset(binder.scope.names - binder.only_caught())


def type_parameters(node: ast.AST) -> set[str]:
    """``def f[T](...)``: the names in brackets (Python 3.12)."""
    return {parameter.name for parameter in getattr(node, "type_params", ())}


def bound_by(statements: Iterable[ast.stmt], kind: ScopeKind) -> Scope:
    """The scope that these statements alone would make."""
    binder = _bound(statements, kind)
    binder.scope.values = {
        name: value for name, value in binder.assigned.items() if binder.times[name] == 1
    }
    return binder.scope


def _bound(statements: Iterable[ast.stmt], kind: ScopeKind) -> _Binder:
    binder = _Binder(Scope(kind))
    for statement in statements:
        binder.visit(statement)
    return binder


class _Binder(Visitor):
    """Collects what statements bind, without entering scopes of their own."""

    def __init__(self, scope: Scope) -> None:
        self.scope = scope
        self.assigned: dict[str, ast.expr] = {}
        self.times: Counter[str] = Counter()
        self.caught: Counter[str] = Counter()

    def only_caught(self) -> set[str]:
        """``except ... as error``: Python deletes the name where the handler ends."""
        return {name for name, times in self.caught.items() if times == self.times[name]}

    def visit_Assign(self, node: ast.Assign) -> None:
        for target in node.targets:
            if isinstance(target, ast.Name):
                self.assigned[target.id] = node.value
        self.generic_visit(node)

    def visit_AnnAssign(self, node: ast.AnnAssign) -> None:
        if isinstance(node.target, ast.Name) and node.value is not None:
            self.assigned[node.target.id] = node.value
        self.generic_visit(node)

    def _bind(self, name: str) -> None:
        self.scope.names.add(name)
        self.times[name] += 1

    def visit_Name(self, node: ast.Name) -> None:
        if isinstance(node.ctx, ast.Store):
            self._bind(node.id)

    def visit_FunctionDef(self, node: ast.FunctionDef | ast.AsyncFunctionDef) -> None:
        self._bind(node.name)
        defaults = [one for one in node.args.kw_defaults if one is not None]
        for part in (*node.decorator_list, *node.args.defaults, *defaults):
            self.visit(part)

    visit_AsyncFunctionDef = visit_FunctionDef

    def visit_ClassDef(self, node: ast.ClassDef) -> None:
        self._bind(node.name)
        for part in (*node.decorator_list, *node.bases, *node.keywords):
            self.visit(part)

    def visit_Lambda(self, node: ast.Lambda) -> None:
        for part in (*node.args.defaults, *node.args.kw_defaults):
            if part is not None:
                self.visit(part)

    def _comprehension(self, node: Comprehension) -> None:
        # A walrus inside binds in the function around; targets bind in the comprehension only.
        for inner in walk(node):
            if isinstance(inner, ast.NamedExpr) and isinstance(inner.target, ast.Name):
                self._bind(inner.target.id)

    visit_ListComp = visit_SetComp = visit_DictComp = visit_GeneratorExp = _comprehension

    def visit_Import(self, node: ast.Import | ast.ImportFrom) -> None:
        for one in imported_by(node):
            self._bind(one.bound)
            self.scope.imports[one.bound] = (*self.scope.imports.get(one.bound, ()), one)

    visit_ImportFrom = visit_Import

    def visit_ExceptHandler(self, node: ast.ExceptHandler) -> None:
        if node.name:
            self._bind(node.name)
            self.caught[node.name] += 1
        self.generic_visit(node)

    def visit_MatchAs(self, node: ast.MatchAs | ast.MatchStar) -> None:
        if node.name:
            self._bind(node.name)
        self.generic_visit(node)

    visit_MatchStar = visit_MatchAs

    def visit_MatchMapping(self, node: ast.MatchMapping) -> None:
        if node.rest:
            self._bind(node.rest)
        self.generic_visit(node)

    def visit_Global(self, node: ast.Global) -> None:
        self.scope.globals.update(node.names)

    def visit_Nonlocal(self, node: ast.Nonlocal) -> None:
        self.scope.nonlocals.update(node.names)
