"""What the statements of one function bind, change and give back: a flat reading, where only new bindings count."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal

from ops0.core.analyzer.flow.rebinding import Rebinding, Seen
from ops0.core.analyzer.flow.table import flow_table
from ops0.core.analyzer.flow.values import ANY_ATTRIBUTE
from ops0.core.analyzer.syntax.guards import guard_of
from ops0.core.analyzer.syntax.model import Guard, Imported, imported_by

__all__ = [
    "Body",
    "Bound",
    "Definition",
    "Function",
    "body_of",
    "module_body",
    "parameters",
]

Function = ast.FunctionDef | ast.AsyncFunctionDef
Definition = Function | ast.ClassDef

_Comprehension = ast.ListComp | ast.SetComp | ast.DictComp | ast.GeneratorExp

How = Literal["is", "item", "part", "entry", "inside", "put", "row"]

_ADDING = frozenset(
    {"add", "append", "appendleft", "extend", "insert", "put", "setdefault", "update"}
)


@dataclass(frozen=True, slots=True)
class Bound:
    """One expression that a name may stand for.

    how: it itself, an item of it, its ``index``-th part, that part of an item: ``for i, x in enumerate(xs)``;
         or ``inside``: it was put into what the name stands for, by its attribute ``of``;
         ``row``: a row of the frame that it is;  ``put``: it is a call of its own method that may put something into it
    """

    node: ast.expr
    how: How = "is"
    index: int = 0
    of: str = ANY_ATTRIBUTE


@dataclass
class Body:
    """What was read.

    names: name -> what it may hold;  types: name -> its annotation;  inner: definitions by name
    fields: the same as ``names`` for what is put into ``self.x``;  results: what is given back or yielded
    outside: names declared ``global`` or ``nonlocal``
    rebinding: which of its statements count where a name is read
    scoped: identity of a name in a comprehension that binds it -> what it stands for there
    """

    names: dict[str, list[Bound]] = field(default_factory=dict)
    fields: dict[str, list[Bound]] = field(default_factory=dict)
    types: dict[str, ast.expr] = field(default_factory=dict)
    inner: dict[str, Definition] = field(default_factory=dict)
    imports: dict[str, list[Imported]] = field(default_factory=dict)
    outside: set[str] = field(default_factory=set)
    results: list[ast.expr] = field(default_factory=list)
    rebinding: Rebinding = field(default_factory=Rebinding)
    scoped: dict[int, list[Bound]] = field(default_factory=dict)

    def seen_from(self, node: ast.expr, name: str) -> Seen | None:
        """Which statements count for a name that is read there; None: all."""
        return None if name in self.outside else self.rebinding.seen_from(node, name)

    def bound_in(self, name: str, seen: Seen | None) -> list[Bound]:
        """What a name may stand for, by these statements."""
        every = self.names.get(name, [])
        if seen is None:
            return every
        first, last = seen
        return [one for one in every if first <= (one.node.lineno, one.node.col_offset) < last]


def body_of(node: Function) -> Body:
    """Read the body of a function; definitions inside are noted, not entered."""
    body = _read(node.body)
    body.rebinding = Rebinding.of(node.body)
    return body


def module_body(tree: ast.Module) -> Body:
    """Read the top of a module, what only ``__main__`` runs included."""
    return _read(tree.body)


def _read(statements: list[ast.stmt]) -> Body:
    reader = _Reader()
    for statement in statements:
        reader.visit(statement)
    return reader.body


class _Reader(ast.NodeVisitor):
    def __init__(self) -> None:
        self.body = Body()
        self.guard: Guard = "none"

    # what binds names

    def visit_Assign(self, node: ast.Assign) -> None:
        for target in node.targets:
            self._bind(target, node.value)
        self.visit(node.value)

    def visit_AnnAssign(self, node: ast.AnnAssign) -> None:
        if isinstance(node.target, ast.Name):
            self.body.types.setdefault(node.target.id, node.annotation)
        if node.value is not None:
            self._bind(node.target, node.value)
            self.visit(node.value)

    def visit_AugAssign(self, node: ast.AugAssign) -> None:
        self._bind(node.target, node.value)
        self.visit(node.value)

    def visit_NamedExpr(self, node: ast.NamedExpr) -> None:
        self._bind(node.target, node.value)
        self.visit(node.value)

    def visit_For(self, node: ast.For | ast.AsyncFor) -> None:
        self._bind(node.target, node.iter, "item")
        self.generic_visit(node)

    visit_AsyncFor = visit_For

    def visit_comprehension(self, node: ast.comprehension) -> None:
        self._bind(node.target, node.iter, "item")
        self.generic_visit(node)

    def visit_ListComp(self, node: _Comprehension) -> None:
        """Its names are its own, whatever is called so around it; those of one inside come after."""
        inside = _Reader()
        for one in node.generators:
            inside._bind(one.target, one.iter, "item")
        first = {id(one) for one in ast.walk(node.generators[0].iter)}
        for name in ast.walk(node):
            if isinstance(name, ast.Name) and id(name) not in first:
                bound = inside.body.names.get(name.id)
                if bound is not None:
                    self.body.scoped[id(name)] = bound
        self.generic_visit(node)

    visit_SetComp = visit_DictComp = visit_GeneratorExp = visit_ListComp

    def visit_With(self, node: ast.With | ast.AsyncWith) -> None:
        for item in node.items:
            if item.optional_vars is not None:
                self._bind(item.optional_vars, item.context_expr)
        self.generic_visit(node)

    visit_AsyncWith = visit_With

    def visit_Match(self, node: ast.Match) -> None:
        for case in node.cases:
            for inner in ast.walk(case.pattern):
                name = getattr(inner, "name", None) or getattr(inner, "rest", None)
                if isinstance(name, str):
                    self._note(name, Bound(node.subject, "item"))
        self.generic_visit(node)

    def visit_Import(self, node: ast.Import | ast.ImportFrom) -> None:
        for one in imported_by(node, self.guard):
            self.body.imports.setdefault(one.bound, []).append(one)

    visit_ImportFrom = visit_Import

    def visit_Try(self, node: ast.Try) -> None:
        before = self.guard
        guard = guard_of(node)
        self.guard = before if guard == "none" else guard
        for statement in node.body:
            self.visit(statement)
        self.guard = before
        for rest in (*node.handlers, *node.orelse, *node.finalbody):
            self.visit(rest)

    def visit_Global(self, node: ast.Global | ast.Nonlocal) -> None:
        self.body.outside.update(node.names)

    visit_Nonlocal = visit_Global

    # what changes or leaves

    def visit_Call(self, node: ast.Call) -> None:
        func = node.func
        if isinstance(func, ast.Attribute) and func.attr in _ADDING:
            for value in (*node.args, *(one.value for one in node.keywords)):
                self._into(func.value, value)
        elif isinstance(func, ast.Attribute) and func.attr in flow_table().puts:
            self._into(func.value, node, "put")
        self.generic_visit(node)

    def visit_Return(self, node: ast.Return | ast.Yield | ast.YieldFrom) -> None:
        if node.value is not None:
            self.body.results.append(node.value)
            self.visit(node.value)

    visit_Yield = visit_YieldFrom = visit_Return

    # what is a scope of its own

    def visit_FunctionDef(self, node: Definition) -> None:
        self.body.inner[node.name] = node

    visit_AsyncFunctionDef = visit_ClassDef = visit_FunctionDef

    def visit_Lambda(self, node: ast.Lambda) -> None:
        """Nothing in a lambda binds or gives back here."""

    # binding

    def _bind(self, target: ast.expr, value: ast.expr, how: How = "is") -> None:
        if isinstance(target, ast.Name):
            self._note(target.id, Bound(value, how))
        elif isinstance(target, ast.Starred):
            self._bind(target.value, value, how)
        elif isinstance(target, (ast.Tuple, ast.List)):
            exact = not any(isinstance(one, ast.Starred) for one in target.elts)
            for index, one in enumerate(target.elts):
                part = Bound(value, "part" if how == "is" else "entry", index)
                if exact and isinstance(one, ast.Name):
                    self._note(one.id, part)
                elif not self._put(one, part if exact else Bound(value, "item")):
                    self._bind(one, value, "item")
        elif not self._put(target, Bound(value, how)):
            self._into(target, value)

    def _put(self, target: ast.expr, bound: Bound) -> bool:
        """``self.x = value``; says whether it is that."""
        own = isinstance(target, ast.Attribute) and _is_self(target.value)
        if isinstance(target, ast.Attribute) and own:
            self.body.fields.setdefault(target.attr, []).append(bound)
        return own

    def _into(self, target: ast.expr, value: ast.expr, how: How = "inside") -> None:
        """``x[...] = value``, ``x.y = value``, ``x.append(value)``: the name at the root holds it from then on."""
        of = ANY_ATTRIBUTE
        while isinstance(target, (ast.Attribute, ast.Subscript)):
            if self._put(target, Bound(value, how, of=of)):
                return
            of = target.attr if isinstance(target, ast.Attribute) else of
            target = target.value
        if isinstance(target, ast.Name) and not _is_self(target):
            self._note(target.id, Bound(value, how, of=of))

    def _note(self, name: str, bound: Bound) -> None:
        self.body.names.setdefault(name, []).append(bound)


def _is_self(node: ast.expr) -> bool:
    return isinstance(node, ast.Name) and node.id in ("self", "cls")


def parameters(node: Function) -> Iterator[ast.arg]:
    """All parameters of a function, in order."""
    arguments = node.args
    yield from (*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs)
    yield from (one for one in (arguments.vararg, arguments.kwarg) if one is not None)
