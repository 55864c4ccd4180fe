"""Where a piece of syntax stands: the functions around each call, and what binds the local names there."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal

from ops0.core.analyzer.syntax.model import DEFINITIONS, FUNCTIONS
from ops0.core.analyzer.syntax.scopes import Scope
from ops0.core.analyzer.syntax.walking import Visitor, children, walk

__all__ = [
    "Around",
    "Binding",
    "Function",
    "Locals",
    "attributes_in",
    "bindings_in",
    "fields_of",
    "scopes_around",
]

Function = ast.FunctionDef | ast.AsyncFunctionDef
Around = tuple[Function | ast.ClassDef, ...]
"""The definitions around a piece of code, outermost first."""


@dataclass(frozen=True, slots=True)
class Binding:
    """One place that binds or grows a local name.

    kind: ``value``: it becomes the value; ``element``: each element of it in turn; ``add``: it grows by it;
          ``unknown``: nothing can be said
    path: which item of that, for ``a, b = value``
    """

    kind: Literal["value", "element", "add", "unknown"]
    node: ast.expr | None = None
    path: tuple[int, ...] = ()


def scopes_around(tree: ast.Module) -> dict[int, Around]:
    """The id of every call, definition and ``a / b`` to the definitions around it.

    Decorators and defaults stand outside of what they belong to.
    """
    found: dict[int, Around] = {}
    pending: list[tuple[ast.AST, Around]] = [(tree, ())]
    while pending:
        node, around = pending.pop()
        if isinstance(node, (ast.Call, *DEFINITIONS)) or _is_path(node):
            found[id(node)] = around
        inner = (*around, node) if isinstance(node, DEFINITIONS) else around
        body = {id(one) for one in node.body} if isinstance(node, DEFINITIONS) else set()
        pending += [(child, inner if id(child) in body else around) for child in children(node)]
    return found


def _is_path(node: ast.AST) -> bool:
    return isinstance(node, ast.BinOp) and isinstance(node.op, ast.Div)


def bindings_in(
    body: list[ast.stmt], decide: Callable[[ast.expr], bool | None] = lambda _: None
) -> dict[str, list[Binding]]:
    """What binds each name of one scope, in the order of the source; nested definitions are not entered.

    decide: says whether a test holds on the target: branches that are never taken bind nothing
    """
    table = _Table(decide)
    for statement in body:
        table.visit(statement)
    return table.found


@dataclass(eq=False)
class Locals:
    """The names of one function, for the tests in its body."""

    scope: Scope
    body: list[ast.stmt]

    @cached_property
    def values(self) -> dict[str, ast.expr]:
        """What names are that the body binds once, to a value: its tests come one after the other.

        A parameter has another value before that, and what is imported too has one that is not known.
        """
        scope, found = self.scope, bindings_in(self.body)
        several = scope.given.union(scope.imports)
        return {
            name: only.node
            for name, (only, *more) in found.items()
            if not more and only.kind == "value" and only.node is not None and not only.path
            if scope.owns(name) and name not in several
        }


@dataclass
class _Table(Visitor):
    decide: Callable[[ast.expr], bool | None]
    found: dict[str, list[Binding]] = field(default_factory=dict)

    def note(self, name: str, binding: Binding) -> None:
        self.found.setdefault(name, []).append(binding)

    def visit_FunctionDef(self, node: Function | ast.ClassDef) -> None:
        """A definition binds its name; what happens inside is another scope's."""
        self.note(node.name, Binding("unknown"))

    visit_AsyncFunctionDef = visit_FunctionDef
    visit_ClassDef = visit_FunctionDef

    def visit_If(self, node: ast.If) -> None:
        verdict = self.decide(node.test)
        self.visit(node.test)
        taken = [node.body] * (verdict is not False) + [node.orelse] * (verdict is not True)
        for statement in (one for part in taken for one in part):
            self.visit(statement)

    def visit_Lambda(self, node: ast.Lambda) -> None:
        """A scope of its own."""

    def visit_Assign(self, node: ast.Assign) -> None:
        for target in node.targets:
            self.target(target, "value", node.value)
        self.visit(node.value)

    def visit_AnnAssign(self, node: ast.AnnAssign) -> None:
        if node.value is not None:
            self.target(node.target, "value", node.value)
            self.visit(node.value)

    def visit_NamedExpr(self, node: ast.NamedExpr) -> None:
        self.target(node.target, "value", node.value)
        self.visit(node.value)

    def visit_AugAssign(self, node: ast.AugAssign) -> None:
        if isinstance(node.target, ast.Name):
            grows = isinstance(node.op, ast.Add)
            self.note(node.target.id, Binding("add" if grows else "unknown", node.value))
        self.visit(node.value)

    def visit_For(self, node: ast.For | ast.AsyncFor) -> None:
        self.target(node.target, "element", node.iter)
        self.generic_visit(node)

    visit_AsyncFor = visit_For

    def visit_comprehension(self, node: ast.comprehension) -> None:
        self.target(node.target, "element", node.iter)
        self.generic_visit(node)

    def visit_With(self, node: ast.With | ast.AsyncWith) -> None:
        for item in node.items:
            if item.optional_vars is not None:
                self.target(item.optional_vars, "unknown", None)
        self.generic_visit(node)

    visit_AsyncWith = visit_With

    def visit_ExceptHandler(self, node: ast.ExceptHandler) -> None:
        if node.name:
            self.note(node.name, Binding("unknown"))
        self.generic_visit(node)

    def visit_Call(self, node: ast.Call) -> None:
        """``argv.append("-y")`` and ``argv.extend(more)``: the list grows."""
        func = node.func
        if (
            isinstance(func, ast.Attribute)
            and isinstance(func.value, ast.Name)
            and len(node.args) == 1
        ):
            argument = node.args[0]
            if func.attr == "append":
                argument = ast.copy_location(ast.List([argument], ast.Load()), argument)
            if func.attr in ("append", "extend"):
                self.note(func.value.id, Binding("add", argument))
        self.generic_visit(node)

    def target(
        self,
        node: ast.expr,
        kind: Literal["value", "element", "unknown"],
        value: ast.expr | None,
        path: tuple[int, ...] = (),
    ) -> None:
        """Note every name of a target."""
        if isinstance(node, ast.Name):
            self.note(node.id, Binding(kind, value, path))
        elif isinstance(node, (ast.Tuple, ast.List)):
            for index, one in enumerate(node.elts):
                if isinstance(one, ast.Starred):
                    self.target(one.value, "unknown", None)
                else:
                    self.target(one, kind, value, (*path, index))


def attributes_in(owner: ast.ClassDef) -> Iterator[tuple[str, ast.expr, Around]]:
    """``x = value`` in a class and ``self.x = value`` in its methods: the name, the value, the definitions around."""
    for statement in owner.body:
        for target, value in _assignments(statement):
            if isinstance(target, ast.Name):
                yield target.id, value, (owner,)
        if isinstance(statement, FUNCTIONS):
            for node in walk(statement):
                for target, value in _assignments(node):
                    if (
                        isinstance(target, ast.Attribute)
                        and isinstance(target.value, ast.Name)
                        and target.value.id in ("self", "cls")
                    ):
                        yield target.attr, value, (owner, statement)


def _assignments(node: ast.AST) -> Iterator[tuple[ast.expr, ast.expr]]:
    if isinstance(node, ast.Assign):
        for target in node.targets:
            yield target, node.value
    elif isinstance(node, ast.AnnAssign) and node.value is not None:
        yield node.target, node.value


def fields_of(owner: ast.ClassDef) -> tuple[str, ...]:
    """The annotated names of a class, in order: what it is made of where it writes no ``__init__``."""
    return tuple(
        one.target.id
        for one in owner.body
        if isinstance(one, ast.AnnAssign) and isinstance(one.target, ast.Name)
    )
