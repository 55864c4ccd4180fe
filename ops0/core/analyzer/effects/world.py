"""All modules that one file imports, and what importing each of their statements changes. The same for every step."""

from __future__ import annotations

import ast
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from ops0.core.analyzer.effects.callables import Code, Meaning, code_of, is_static, methods_of
from ops0.core.analyzer.effects.doings import Doings, is_restless
from ops0.core.analyzer.effects.elsewhere import is_task
from ops0.core.analyzer.effects.imports import Imports
from ops0.core.analyzer.effects.looking import Bits, Numbered
from ops0.core.analyzer.effects.solving import Solver
from ops0.core.analyzer.effects.statements import watch_all
from ops0.core.analyzer.project.markers import is_marked
from ops0.core.analyzer.project.meanings import (
    Home,
    classes,
    imported,
    imports_of,
    is_class_method,
    is_metaclass,
    is_property,
    made_by,
    meant,
)
from ops0.core.analyzer.project.module import Module
from ops0.core.analyzer.project.resolve import External
from ops0.core.analyzer.syntax.conditions import chain_of
from ops0.core.analyzer.syntax.model import DEFINITIONS, Cell, Chain, Imported, Unit
from ops0.core.analyzer.syntax.scopes import Function
from ops0.core.analyzer.syntax.sharing import shared
from ops0.core.analyzer.syntax.walking import walk

if TYPE_CHECKING:
    from ops0.core.analyzer.effects.consulting import Consulting
    from ops0.core.analyzer.effects.registered import Registered
    from ops0.core.analyzer.effects.weak import Sets, Weak

__all__ = ["World"]

Key = tuple[str, Chain, tuple[Imported, ...]]
_FEW = 4
_ROUNDS = 8
"""How often a name may lead back to itself before no more is asked."""
_HOOKS = ("__init_subclass__", "__set_name__")


@dataclass(eq=False)
class World:
    """What can be executed when a file is imported and its functions are called.

    imports:   those that execute modules;   telling: the names in any of the tables of names
    holders:   a name to those whose values are, hold, or were taken out of, its value, as bits of ``cells``
    statements: those that change something, by path and index, each with a bit of its own
    changers:  a name to the statements that change its value, as bits
    registrants: a name of a library's object to what is registered on it;   heirs: one to the classes it is a base of
    known_to_bases: classes that a library's base knows;   registered: definitions that a decorator tells a library of
    outward: statements that may change a library;   asked: methods and properties looked for since somebody emptied it
    setting, weak, sets, consulting, behind: see weak.py, Consulted, functions_behind
    """

    modules: dict[str, Module] = field(default_factory=dict)
    imports: Imports = field(default_factory=Imports)
    methods: dict[str, list[Code]] = field(default_factory=dict)
    properties: dict[str, list[Code]] = field(default_factory=dict)
    holders: dict[Cell, Bits] = field(default_factory=dict)
    consulting: Consulting | None = None
    statements: Numbered[tuple[str, int]] = field(default_factory=Numbered)
    changers: dict[Cell, Bits] = field(default_factory=dict)
    registrants: dict[Cell, Bits] = field(default_factory=dict)
    heirs: dict[Cell, list[tuple[Module, Unit]]] = field(default_factory=dict)
    registered: list[tuple[Module, Unit, Registered]] = field(default_factory=list)
    known_to_bases: list[tuple[Module, Unit]] = field(default_factory=list)
    outward: list[tuple[Module, Unit]] = field(default_factory=list)
    doings: dict[tuple[str, int], Doings] = field(default_factory=dict)
    setting: Sequence[tuple[Module, Unit, Sets]] | None = None
    weak: dict[str, tuple[Weak, ...]] = field(default_factory=dict)
    sets: dict[tuple[str, int], Sets | None] = field(default_factory=dict)
    telling: frozenset[Cell] = frozenset()
    watched: bool = False
    behind: dict[Cell, tuple[Code, ...]] = field(default_factory=dict)
    solver: Solver = field(default_factory=Solver)
    asked: set[str] = field(default_factory=set)
    _codes: dict[tuple[int, bool, bool], Code] = field(default_factory=dict)
    _groups: dict[tuple[int, str], Code] = field(default_factory=dict)
    _meanings: dict[Key, Meaning] = field(default_factory=dict)
    _round: dict[Key, Meaning | None] = field(default_factory=dict)
    _draft: dict[Key, Meaning] = field(default_factory=dict)
    _circles: bool = False

    @staticmethod
    def of(entry: Module) -> World:
        """The world of a file, looked at once."""
        known = World.gathered(entry)
        if not known.watched:
            watch_all(known, entry.project.worlds.values())
        return known

    @staticmethod
    def gathered(entry: Module) -> World:
        """The same with its modules, before it is known what their statements do."""
        known = entry.project.worlds
        if entry.path not in known:
            made = World()
            made._gather(entry)
            known[entry.path] = made
        return known[entry.path]

    # which modules there are

    def _gather(self, entry: Module) -> None:
        pending = deque([entry])
        self.modules[entry.path] = entry
        while pending:
            module = pending.popleft()
            for unit, at, target in imports_of(module):
                if unit.kind not in ("define", "method") and target is not module:
                    self.imports.note(module, unit, at, target)
                if target.path not in self.modules:
                    self.modules[target.path] = target
                    pending.append(target)
            self._note_methods(module)

    def _note_methods(self, module: Module) -> None:
        for unit in module.units:
            if not isinstance(unit.node, ast.ClassDef) or unit.dead:
                continue
            for node in methods_of(unit.node):
                code = self._code(module, node, method=not is_static(node))
                if is_class_method(node):
                    code.owner = frozenset({(module.path, unit.node.name)})
                table = self.properties if is_property(node) else self.methods
                table.setdefault(node.name, []).append(code)

    @property
    def cells(self) -> Numbered[Cell]:
        """The names of the project, each with a bit of its own."""
        return self.solver.numbers.cells

    def any_of(self, table: dict[str, list[Code]], name: str) -> tuple[Code, ...]:
        """The methods of that name; many as one, for then their parameters need not be told apart."""
        self.asked.add(name)
        made = table.get(name, [])
        if len(made) <= _FEW:
            return tuple(made)
        key = (id(table), name)
        if key not in self._groups:
            self._groups[key] = Code.one_of(made)
        return (self._groups[key],)

    # what names mean

    def meaning(self, module: Module, chain: Chain, imports: tuple[Imported, ...] = ()) -> Meaning:
        """All that a dotted name may stand for in a module, at any time.

        imports: those inside functions that bind the name there
        """
        key = (module.path, chain, imports)
        if key in self._meanings:
            return self._meanings[key]
        if key in self._round:
            self._circles = self._circles or self._round[key] is None
            return self._round[key] or self._draft.get(key) or Meaning()
        outermost = not self._round
        found = self._in_rounds(key, module, chain, imports)
        if outermost:
            self._meanings.update((one, made) for one, made in self._round.items() if made)
            self._round, self._draft = {}, {}
        return found

    def _in_rounds(
        self, key: Key, module: Module, chain: Chain, imports: tuple[Imported, ...]
    ) -> Meaning:
        """Once, or where names lead back to themselves again and again with what the last round gave."""
        outermost = not self._round
        for _ in range(_ROUNDS):
            self._circles = self._circles and not outermost
            self._round[key] = None
            every = imported(module, imports, chain[1:]) if imports else list(meant(module, chain))
            made = self._round[key] = self._meaning(every)
            if not outermost or not self._circles or made == self._draft.get(key):
                break
            self._draft = {one: last for one, last in self._round.items() if last}
            self._round = {}
        return made

    def _meaning(self, every: list[External | Home]) -> Meaning:
        cells: set[Cell] = set()
        outside: set[str] = set()
        code: dict[Code, None] = {}
        closures: set[Cell] = set()
        restless: set[Cell] = set()
        for found in every:
            if isinstance(found, External):
                outside.add(found.dotted)
                continue
            home, name, rest = found
            cells.add((home.path, name))
            for node in made_by(home, name):
                called = tuple(self.called_by(home, node, rest, outside))
                code.update(dict.fromkeys(called))
                if called and not isinstance(node, DEFINITIONS):
                    closures.add((home.path, name))
                if not isinstance(node, DEFINITIONS) and is_restless(node):
                    restless.add((home.path, name))
        return Meaning(
            shared(cells), shared(outside), tuple(code), shared(closures), shared(restless)
        )

    def called_by(
        self, module: Module, node: ast.AST, rest: Chain, outside: set[str]
    ) -> Iterator[Code]:
        """What calling a definition, or the value of an expression, may run."""
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            marked = is_marked(module, (node.name,), "step", "pipeline")
            if not marked and not is_task(self, module, node):
                yield self._code(module, node)
                for decorator in node.decorator_list:
                    yield from self.named(module, decorator)
        elif isinstance(node, ast.ClassDef):
            yield from self._of_class(module, node, rest, set())
        elif isinstance(node, ast.expr) and not rest:
            chain = chain_of(node)
            if chain is not None:
                outside |= self.meaning(module, chain).outside
            yield from self.named(module, node)

    def named(self, module: Module, node: ast.expr) -> Iterator[Code]:
        """The functions of the project that an expression names, and its lambdas."""
        for inner in walk(node):
            if isinstance(inner, ast.Lambda):
                yield self._code(module, inner)
            elif isinstance(inner, (ast.Name, ast.Attribute)):
                chain = chain_of(inner)
                if chain is not None:
                    yield from self.meaning(module, chain).code

    def _of_class(
        self, module: Module, node: ast.ClassDef, rest: Chain, seen: set[int]
    ) -> Iterator[Code]:
        """``C()`` runs special methods, ``C.m()`` runs m; those of its bases in the project too."""
        if id(node) in seen:
            return
        seen.add(id(node))
        for inner in methods_of(node):
            special = inner.name.startswith("__") and inner.name.endswith("__")
            if rest == (inner.name,):
                yield self._code(module, inner, method=is_class_method(inner))
            elif not rest and special and inner.name not in _HOOKS:
                yield self._code(module, inner, instance=True)
        for base in node.bases:
            for home, inner_class in classes(module, base):
                yield from self._of_class(home, inner_class, rest, seen)

    def hooks(self, module: Module, base: ast.expr) -> tuple[Code, ...]:
        """``__init_subclass__`` and the like of a base class, its metaclass's methods included."""
        found: dict[Code, None] = {}
        pending, seen = list(classes(module, base)), set[int]()
        while pending:
            home, node = pending.pop()
            if id(node) in seen:
                continue
            seen.add(id(node))
            for part in (*node.bases, *(one.value for one in node.keywords)):
                pending += classes(home, part)
            found.update(
                (self._code(home, one, method=True), None)
                for one in methods_of(node)
                if one.name in _HOOKS or is_metaclass(node)
            )
        return tuple(found)

    def _code(
        self, module: Module, node: Function, *, method: bool = False, instance: bool = False
    ) -> Code:
        key = (id(node), method, instance)
        if key not in self._codes:
            self._codes[key] = code_of(module, self, node, method=method, instance=instance)
        return self._codes[key]
