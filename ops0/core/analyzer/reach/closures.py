"""A nested function or method with what it takes from around: names of enclosing functions, attributes of ``self``."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field

from ops0.core.analyzer.project.module import Module
from ops0.core.analyzer.project.resolve import Local, resolve
from ops0.core.analyzer.reach.functions import Function, Path
from ops0.core.analyzer.reach.own_class import has_instance, used_of_class
from ops0.core.analyzer.syntax.annotations import runs_annotations
from ops0.core.analyzer.syntax.conditions import chain_of
from ops0.core.analyzer.syntax.extract import extract
from ops0.core.analyzer.syntax.methods import read_by_class
from ops0.core.analyzer.syntax.model import DEFINITIONS, Extract
from ops0.core.analyzer.syntax.scopes import Scope, class_scope, function_scope, names_bound

__all__ = ["MAKING", "pieces_of"]

MAKING = frozenset({"__attrs_post_init__", "__init__", "__new__", "__post_init__"})
"""What runs when an instance is made."""
_CODE = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Import, ast.ImportFrom)


Piece = tuple[Module, Extract, ast.AST, Path]


def pieces_of(module: Module, path: Path) -> tuple[Piece, ...]:
    """The function itself, and every statement around it that makes something it uses.

    Each with its module, its syntax and the definitions that it stands in.
    """
    gathering = _Gathering(module)
    gathering.add(path[-1], path[:-1])
    return tuple(gathering.pieces)


@dataclass
class _Gathering:
    """The pieces so far. ``wanted``: the names that have been looked up in each class, by its identity."""

    module: Module
    pieces: list[Piece] = field(default_factory=list)
    done: set[tuple[int, str]] = field(default_factory=set)
    wanted: dict[int, set[str]] = field(default_factory=dict)

    def add(self, node: ast.AST, around: Path, only: str = "") -> None:
        """Take one piece of code and what it needs of the definitions around it. ``only``: the name that counts."""
        if (id(node), only) in self.done:
            return
        self.done.add((id(node), only))
        piece = self._piece(node, around, only)
        self.pieces.append((self.module, piece, node, around))
        for name in sorted(piece.outer):
            self._outer(name, around)
        if (
            isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))
            and around
            and isinstance(around[-1], ast.ClassDef)
        ):
            self._attributes(node, around[-1], around[:-1])

    # Classes and functions are looked through for each of the functions in them.

    def _piece(self, node: ast.AST, around: Path, only: str) -> Extract:
        def look() -> Extract:
            part = _only(node, only) if isinstance(node, ast.stmt) and only else node
            scopes = [self._scope(one) for one in around]
            return extract([part], self.module.surroundings, scopes)

        return self.module.memory.once(("piece", node, around, only), look)

    def _scope(self, node: ast.AST) -> Scope:
        return self.module.memory.once(("scope", node), lambda: _enclosing(node))

    def _names_super(self, owner: ast.ClassDef) -> bool:
        return self.module.memory.once(
            ("super", owner),
            lambda: any(isinstance(one, ast.Name) and one.id == "super" for one in ast.walk(owner)),
        )

    def _outer(self, name: str, around: Path) -> None:
        """The statements of the nearest enclosing function that bind a name to code, or to something written out.

        What calls have made is a value that comes in: the flow tells what it is.
        """
        for depth in range(len(around) - 1, -1, -1):
            owner = around[depth]
            if isinstance(owner, ast.ClassDef) or not function_scope(owner).owns(name):
                continue
            for statement in _simple(owner.body):
                if name in _binds(statement) and not _is_made(statement):
                    self.add(statement, around[: depth + 1], name)
            return

    def _attributes(self, method: Function, owner: ast.ClassDef, around: Path) -> None:
        """The class as far as it takes to be made, ``__init__``, and the methods and fields that ``self.x`` stands for.

        What is assigned to ``self.x`` elsewhere is a value that comes in: the flow tells what it is.
        """
        used = self.module.memory.once(("used of class", method), lambda: used_of_class(method))
        self._class(owner, around, used | MAKING if has_instance(method) else used)

    def _class(self, owner: ast.ClassDef, around: Path, used: AbstractSet[str]) -> None:
        """A class without the methods that are not used; likewise its bases of the project.

        Each name is looked up once in it, however many of its methods use that.
        """
        known = self.wanted.get(id(owner))
        if known is None:
            known = self.wanted[id(owner)] = set()
            used = used | self._read_by(owner)
            for part in self._itself(owner):
                self.add(part, (*around, owner))
        elif used <= known:
            return
        new = used - known
        known |= new
        binding = self._binding(owner)
        found = new & binding.keys()
        for index in sorted({index for name in found for index in binding[name]}):
            if isinstance(owner.body[index], _CODE):
                self.add(owner.body[index], (*around, owner))
        for base in owner.bases:
            module, local = self._class_of(base)
            if local is None:
                self.add(base, around)
                continue
            there = _Gathering(module, self.pieces, self.done, self.wanted)
            there._class(local, (), new if self._names_super(owner) else new - found)

    def _itself(self, owner: ast.ClassDef) -> Sequence[ast.AST]:
        lazy = self.module.surroundings.lazy
        return self.module.memory.once(
            ("itself", owner), lambda: tuple(_class_itself(owner, lazy=lazy))
        )

    def _read_by(self, owner: ast.ClassDef) -> frozenset[str]:
        return self.module.memory.once(("read by class", owner), lambda: read_by_class(owner))

    def _binding(self, owner: ast.ClassDef) -> Mapping[str, Sequence[int]]:
        """The names that a class binds, with the places in its body."""

        def look() -> dict[str, list[int]]:
            found: dict[str, list[int]] = {}
            for index, statement in enumerate(owner.body):
                for name in _binds(statement):
                    found.setdefault(name, []).append(index)
            return found

        return self.module.memory.once(("binding", owner), look)

    def _class_of(self, base: ast.expr) -> tuple[Module, ast.ClassDef | None]:
        """The class at the top of a file of the project that a base names, if nothing else there has that name."""
        chain = chain_of(base)
        found = resolve(self.module, chain) if chain else None
        if not isinstance(found, Local) or found.rest:
            return self.module, None
        units = found.module.bindings.get(found.name, ())
        node = units[0].node if len(units) == 1 else None
        return found.module, node if isinstance(node, ast.ClassDef) else None


def _class_itself(node: ast.ClassDef, *, lazy: bool) -> Iterator[ast.AST]:
    """What runs when the class is made: all of it but its bases and the bodies of its methods.

    lazy: whether annotations are texts
    """
    yield from (*node.decorator_list, *node.keywords)
    for statement in node.body:
        if isinstance(statement, (ast.FunctionDef, ast.AsyncFunctionDef)):
            defaults = (*statement.args.defaults, *statement.args.kw_defaults)
            yield from (one for one in (*statement.decorator_list, *defaults) if one is not None)
            yield from () if lazy else _annotations(statement)
        elif isinstance(statement, ast.AnnAssign) and lazy and not _runs_fields(node):
            yield from () if statement.value is None else (statement.value,)
        elif not isinstance(statement, ast.Expr) or not isinstance(statement.value, ast.Constant):
            yield statement


def _runs_fields(node: ast.ClassDef) -> bool:
    """Whether the fields' annotations run that are texts: by a base's metaclass, or a decorator."""
    return runs_annotations(node)(("",))


def _annotations(method: Function) -> Iterator[ast.expr]:
    """The annotations that are no texts."""
    every = [one.annotation for one in ast.walk(method.args) if isinstance(one, ast.arg)]
    for one in (*every, method.returns):
        if one is not None and not isinstance(one, ast.Constant):
            yield one


def _binds(statement: ast.stmt) -> frozenset[str]:
    """The names that it binds, without looking into definitions."""
    if isinstance(statement, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
        return frozenset({statement.name})
    return names_bound([statement])


def _is_made(statement: ast.stmt) -> bool:
    """Whether what it binds is what calls have made; a function put together with ``partial`` or ``lambda`` is code."""
    if isinstance(statement, _CODE):
        return False
    value = getattr(statement, "value", None)
    if isinstance(value, ast.Lambda) or (
        isinstance(value, ast.Call) and (chain_of(value.func) or ("",))[-1] == "partial"
    ):
        return False
    return any(isinstance(one, ast.Call) for one in ast.walk(statement))


def _only(statement: ast.stmt, name: str) -> ast.stmt:
    """An import statement with the one name that is asked for; other statements as they are."""
    if not isinstance(statement, (ast.Import, ast.ImportFrom)) or len(statement.names) == 1:
        return statement
    names = [
        one for one in statement.names if name in (one.asname, one.name.partition(".")[0], one.name)
    ]
    made = (
        ast.Import(names)
        if isinstance(statement, ast.Import)
        else ast.ImportFrom(statement.module, names, statement.level)
    )
    return ast.copy_location(made, statement)


def _enclosing(node: ast.AST) -> Scope:
    if isinstance(node, ast.ClassDef):
        return class_scope(node)
    assert isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))  # noqa: S101 - what a Path holds
    return function_scope(node, "enclosing")


def _simple(body: list[ast.stmt]) -> Iterator[ast.stmt]:
    """The statements of a function's own scope; branches and ``with`` opened, ``try`` and loops whole.

    What these define counts by itself too: a loop that makes a function of each name.
    """
    for node in body:
        if isinstance(node, ast.If):
            yield from _simple(node.body)
            yield from _simple(node.orelse)
        elif isinstance(node, (ast.With, ast.AsyncWith)):
            # Only the header: its body is opened.
            yield ast.copy_location(ast.With(node.items, [ast.Pass()]), node)
            yield from _simple(node.body)
        else:
            for block in _blocks(node):
                yield from (one for one in _simple(block) if isinstance(one, DEFINITIONS))
            yield node


def _blocks(node: ast.stmt) -> Iterator[list[ast.stmt]]:
    """What stands in a loop, a ``try`` or a ``match``, in all of its branches."""
    if isinstance(node, (ast.For, ast.AsyncFor, ast.While, ast.Try)):
        yield from (node.body, node.orelse)
        yield from (one.body for one in getattr(node, "handlers", ()))
        yield getattr(node, "finalbody", [])
    elif isinstance(node, ast.Match):
        yield from (one.body for one in node.cases)
