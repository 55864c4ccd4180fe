"""Code of the project that a call may run, and what dotted names mean to a caller."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

from ops0.core.analyzer.project.module import Module
from ops0.core.analyzer.syntax.conditions import chain_of
from ops0.core.analyzer.syntax.model import Cell, Chain, Imported
from ops0.core.analyzer.syntax.scopes import Function, Scope, function_scope
from ops0.core.analyzer.syntax.sharing import shared

if TYPE_CHECKING:
    from ops0.core.analyzer.effects.world import World

__all__ = ["Code", "Meaning", "code_of"]


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a dotted name of a module may mean.

    cells:    names of the project;  outside: dotted names of libraries
    code:     what calling it may run;  closures: those of the cells that a function of the project made
    restless: those that change what they hold when they are called
    """

    cells: frozenset[Cell] = frozenset()
    outside: frozenset[str] = frozenset()
    code: tuple[Code, ...] = ()
    closures: frozenset[Cell] = frozenset()
    restless: frozenset[Cell] = frozenset()


@dataclass(eq=False)
class Code:
    """A function, method or lambda of the project; or a module's top, which has no names of its own.

    parameters: in order;  node: the function, unless it is a module's top or one of several
    method:   its owner is an argument too;  instance: it runs when a class is called
    open:     it takes any arguments, or is reached through something that may add some
    owner:    the class that a class method is handed, whatever it is called on
    inside:   it is a function's body, not a module's top;  members: it is any of these, "*" each of their parameters
    """

    module: Module
    world: World
    body: list[ast.stmt] = field(default_factory=list)
    parameters: tuple[str, ...] = ()
    node: Function | None = None
    method: bool = False
    instance: bool = False
    open: bool = False
    inside: bool = True
    members: tuple[Code, ...] = ()
    owner: frozenset[Cell] = frozenset()

    @staticmethod
    def one_of(members: Sequence[Code]) -> Code:
        """Code that is any of these."""
        module, world = members[0].module, members[0].world
        return Code(module, world, open=True, method=True, members=tuple(members))

    @cached_property
    def scope(self) -> Scope:
        """Its own; a module's top has none. Most code is never read, so it is found when it is."""
        return Scope("function") if self.node is None else function_scope(self.node)

    @cached_property
    def names(self) -> frozenset[str]:
        """All that it binds and does not declare global."""
        return frozenset("*") if self.members else shared(self.scope.names - self.scope.globals)

    def meaning(self, chain: Chain, imports: tuple[Imported, ...] = ()) -> Meaning:
        """See World.meaning."""
        return self.world.meaning(self.module, chain, imports)

    def named(self, node: ast.expr) -> tuple[Code, ...]:
        """What calling the value of an expression may run."""
        return tuple(self.world.named(self.module, node))

    def methods(self, name: str) -> tuple[Code, ...]:
        """All methods of that name in the project: which class a value has is not known."""
        return self.world.any_of(self.world.methods, name)

    def properties(self, name: str) -> tuple[Code, ...]:
        """All properties of that name in the project."""
        return self.world.any_of(self.world.properties, name)

    def hooks(self, base: ast.expr) -> tuple[Code, ...]:
        """What defining a class with that base runs."""
        return self.world.hooks(self.module, base)


def code_of(
    module: Module, world: World, node: Function, *, method: bool = False, instance: bool = False
) -> Code:
    """The code of one function."""
    arguments = node.args
    parameters = (*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs)
    body: list[ast.stmt] = [ast.Return(node.body)] if isinstance(node, ast.Lambda) else node.body
    return Code(
        module,
        world,
        body,
        parameters=tuple(one.arg for one in parameters),
        node=node,
        method=method,
        instance=instance,
        open=arguments.vararg is not None or arguments.kwarg is not None or _decorated(node),
    )


def _decorated(node: Function) -> bool:
    """Whether something may stand between the call and the function."""
    decorators = [] if isinstance(node, ast.Lambda) else node.decorator_list
    return any(
        (chain_of(one) or ("",))[-1] not in ("staticmethod", "classmethod", "property", "setter")
        for one in decorators
    )


def is_static(node: Function) -> bool:
    """Whether a method is given no owner."""
    decorators = [] if isinstance(node, ast.Lambda) else node.decorator_list
    return any(chain_of(one) == ("staticmethod",) for one in decorators)


def methods_of(node: ast.ClassDef) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    """The functions that stand in a class body."""
    for inner in node.body:
        if isinstance(inner, (ast.FunctionDef, ast.AsyncFunctionDef)):
            yield inner
