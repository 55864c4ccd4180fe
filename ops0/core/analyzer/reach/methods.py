"""Methods of reached classes: those that reached code may call are followed, the others rest.

A method may be called by whoever names it: as an attribute, in a text, in a format. So it rests only while

- no reached code says its name, nor asks for attributes by names that only the run knows, and
- no instance of its class, nor the class, is handed to code that is not the project's, but for libraries that ask for
  no more than its bases do, by ``syntax/bases.toml``, and
- neither its class nor one derived from it has a base that may call it: the project's classes and Python's plain ones
  call nothing, some of libraries only what ``syntax/bases.toml`` says.

What needs nothing that is not needed anyway never rests, and names nothing until somebody names it. An instance that
leaves the step crosses an edge: whoever gets it has the class too, with the methods that are called there. Only if it
cannot be told what a step gives back, all of its methods are kept: then the class is stored with the instance, and
nobody else may have it.
"""

from __future__ import annotations

import ast
import builtins
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING

from ops0.core.analyzer.effects.growing import Growing
from ops0.core.analyzer.effects.kept_sets import Grown, wanted_sets
from ops0.core.analyzer.project.foreign import outside_in
from ops0.core.analyzer.project.having import having
from ops0.core.analyzer.project.module import Module
from ops0.core.analyzer.project.resolve import External, Local, resolve
from ops0.core.analyzer.reach.direct import Direct, direct_of
from ops0.core.analyzer.reach.findings import cell_of
from ops0.core.analyzer.syntax.bases import askers, called_by
from ops0.core.analyzer.syntax.conditions import chain_of
from ops0.core.analyzer.syntax.methods import PLAIN_BASES, names_said
from ops0.core.analyzer.syntax.model import Cell, Unit
from ops0.core.analyzer.syntax.stdlib import is_stdlib

if TYPE_CHECKING:
    from ops0.core.analyzer.reach.reach import Reach

__all__ = ["Methods", "resting"]

Calls = frozenset["re.Pattern[str] | None"]
"""The names of methods that bases call, a pattern for each; None: it may be any."""

Waiting = tuple[Module, Unit, Unit]
"""A module, a class of it, and a method of that which is not kept."""

_NOBODY: set[str] = set()


class Methods(Growing["Reach"]):
    """The methods of one reach that rest, until something wants them.

    said:  the names that reached code has said so far; None where it may say any
    heard: how many extras have been asked
    """

    anew = MappingProxyType({"heard": 0})

    def __init__(self, reach: Reach) -> None:
        super().__init__(reach)
        self.said: set[str] | None = set()
        self.heard = 0
        self.grown = Grown(reach)

    def add(self) -> bool:
        """Keep the methods that have become wanted; says whether there was one."""
        waiting = [one for one in self._waiting() if not self._kept_for_nothing(one)]
        if not (waiting or self.reach.idle):
            return False
        asked = [*waiting, *self.reach.idle.values()]
        calls = self._called_by_bases()
        wanted = [one for one in asked if _is_called(one, calls)]
        wanted = wanted or self._named(asked)
        return self._keep(wanted or self._handed(asked))

    def add_named(self) -> bool:
        """Keep those whose names reached code says; says whether there was one."""
        return self._keep(self._named(list(self._waiting())))

    def _keep(self, wanted: list[Waiting]) -> bool:
        for module, _, method in wanted:
            self.reach.idle.pop((module.path, method.index), None)
            self.reach.keep(module, method)
        return bool(wanted)

    def _waiting(self) -> Iterator[Waiting]:
        reach = self.reach
        for module, found in having(reach.project, "methods", reach.modules(), _methods_of):
            kept = reach.kept[module.path]
            for owner, methods in found.items():
                if owner in kept:
                    for method in methods:
                        if method.index not in kept:
                            yield module, module.units[owner], method

    def _kept_for_nothing(self, one: Waiting) -> bool:
        """Keep a method that needs nothing which is not there anyway."""
        module, _, method = one
        direct = direct_of(self.reach, module, method)
        if not self._is_there(direct):
            return False
        self.reach.keep(module, method)
        self.reach.drain()
        # What has filled an instance was called before it came.
        if cell_of(one) not in self.reach.given:
            self.reach.idle[module.path, method.index] = one
        return True

    def _is_there(self, found: Direct) -> bool:
        kept = self.reach.kept
        return (
            all(units <= kept.get(path, frozenset()) for path, units in found.kept)
            and all(one in self.reach.externals for one in found.externals)
            and found.names <= self.reach.names
            and found.plain
        )

    # who may call them

    def _called_by_bases(self) -> dict[Cell, Calls]:
        """The kept classes and their bases, with what those of others call of them."""
        found: dict[Cell, Calls] = {}
        for module in self.reach.modules():
            kept = self.reach.kept[module.path]
            for index, family in _families(module).items():
                if family.calls and index in kept:
                    for cell in family.cells:
                        found[cell] = found.get(cell, frozenset()) | family.calls
        return found

    def _named(self, waiting: list[Waiting]) -> list[Waiting]:
        """Those whose names reached code says; all where it may say any."""
        said = self._say_by_now()
        if said is None:
            return waiting
        return [one for one in waiting if getattr(one[2].node, "name", "") in said]

    def _say_by_now(self) -> set[str] | None:
        """The names that reached code says; None where it may say any. What it has said once it goes on saying."""
        new = (
            _said(module, node, frozenset()) for module, node, _ in self.reach.codes[self.heard :]
        )
        kept = (_said_by_kept(*one) for one in self.grown.since())
        for names in (*new, *kept):
            if names is None:
                self.said = None
            elif self.said is not None:
                self.said |= names
        self.heard = len(self.reach.codes)
        return self.said

    def _handed(self, waiting: list[Waiting]) -> list[Waiting]:
        """Those of classes of which something is handed to code that is not the project's."""
        if self.reach.handing is None or self.reach.gives_anything():
            return waiting
        handed: dict[Cell, set[str]] = {}
        for module, node, around, but in self._code():
            for cell, whom in self.reach.handing(module, node, around, but):
                handed.setdefault(cell, set()).add(whom)
        return [one for one in waiting if handed.get(cell_of(one), _NOBODY) - _askers(one)]

    def _code(self) -> Iterator[tuple[Module, ast.AST, tuple[ast.AST, ...], frozenset[int]]]:
        """All reached code, with the definitions around it and the methods in it that rest."""
        for module, node, around in self.reach.codes:
            yield module, node, around, frozenset()
        for module, kept in wanted_sets(self.reach):
            for node, around, but in _code_of_kept(module, kept):
                yield module, node, around, but


def _code_of_kept(
    module: Module, kept: frozenset[int]
) -> Iterator[tuple[ast.AST, tuple[ast.AST, ...], frozenset[int]]]:
    methods = _methods_of(module)
    for index in sorted(kept):
        unit = module.units[index]
        if unit.kind == "method" and unit.parent is not None:
            yield unit.node, (module.units[unit.parent].node,), frozenset()
        elif unit.kind != "import":
            yield unit.node, (), frozenset(id(one.node) for one in methods.get(index, ()))


def _said(module: Module, node: ast.AST, but: frozenset[int]) -> frozenset[str] | None:
    """The names that some code says; None where it may say any. ``but``: the ids of what rests in it."""
    key = ("said", node, but)
    return module.memory.once(key, lambda: names_said(node, but, outside_in(module, node)))


def _said_by_kept(module: Module, kept: frozenset[int]) -> frozenset[str] | None:
    """Likewise by a module's kept units. Many steps keep the same ones of a module."""

    def find() -> frozenset[str] | None:
        found = [_said(module, node, but) for node, _, but in _code_of_kept(module, kept)]
        known = [one for one in found if one is not None]
        return frozenset().union(*known) if len(known) == len(found) else None

    return module.memory.once(("said by", kept), find)


def resting(module: Module, owner: Unit, kept: set[int]) -> tuple[Unit, ...]:
    """The methods of a class that are not kept."""
    return tuple(one for one in _methods_of(module).get(owner.index, ()) if one.index not in kept)


def _methods_of(module: Module) -> Mapping[int, tuple[Unit, ...]]:
    """The methods that may rest, by their class."""

    def find() -> Mapping[int, tuple[Unit, ...]]:
        found: dict[int, list[Unit]] = {}
        for unit in module.units:
            if unit.kind == "method" and unit.parent is not None:
                found.setdefault(unit.parent, []).append(unit)
        return {index: tuple(units) for index, units in found.items()}

    return module.memory.once("methods", find)


def _askers(one: Waiting) -> frozenset[str]:
    """The libraries that ask an instance for no more than its bases call."""
    module, owner, _ = one
    return _families(module)[owner.index].askers


def _is_called(one: Waiting, calls: Mapping[Cell, Calls]) -> bool:
    name = getattr(one[2].node, "name", "")
    return any(known is None or known.fullmatch(name) for known in calls.get(cell_of(one), ()))


@dataclass(frozen=True, slots=True)
class _Family:
    """A class and its bases of the project, what those of others call, and who asks for no more than they call."""

    cells: frozenset[Cell]
    calls: Calls
    askers: frozenset[str]


def _families(module: Module) -> Mapping[int, _Family]:
    """The classes of a module."""

    def find() -> Mapping[int, _Family]:
        return {
            unit.index: _family(module, unit.node)
            for unit in module.units
            if isinstance(unit.node, ast.ClassDef)
        }

    return module.memory.once("families", find)


def _family(module: Module, node: ast.ClassDef) -> _Family:
    cells = {(module.path, node.name)}
    asking: list[frozenset[str]] = []
    calls: set[re.Pattern[str] | None] = set()
    pending, seen = [(module, node)], {id(node)}
    while pending:
        here, owner = pending.pop()
        calls |= {None} if owner.keywords else set()
        for base in owner.bases:
            chain = chain_of(base.value if isinstance(base, ast.Subscript) else base)
            found = resolve(here, chain) if chain else None
            if isinstance(found, Local) and isinstance(found.unit.node, ast.ClassDef):
                cells.add((found.module.path, found.name))
                if id(found.unit.node) not in seen:
                    seen.add(id(found.unit.node))
                    pending.append((found.module, found.unit.node))
            elif not _is_plain(here, chain, found):
                calls.add(called_by(_dotted(chain, found)))
                asking.append(askers(_dotted(chain, found)))
    asking = asking or [frozenset()]
    return _Family(frozenset(cells), frozenset(calls), asking[0].intersection(*asking[1:]))


def _dotted(chain: tuple[str, ...] | None, found: External | Local | None) -> str:
    """The name by which a base that is not of the project is known; that of the call that makes it."""
    if isinstance(found, External):
        return found.dotted
    if isinstance(found, Local):
        made = getattr(found.unit.node, "value", None)
        called = chain_of(made.func) if isinstance(made, ast.Call) else None
        maker = resolve(found.module, called) if called else None
        return maker.dotted if isinstance(maker, External) and not found.rest else ""
    return f"builtins.{chain[0]}" if chain and hasattr(builtins, chain[0]) else ""


def _is_plain(module: Module, chain: tuple[str, ...] | None, found: object) -> bool:
    if chain is None or chain[-1] not in PLAIN_BASES:
        return False
    return found is None or (
        isinstance(found, External) and is_stdlib(found.dotted, module.project.target.python)
    )
