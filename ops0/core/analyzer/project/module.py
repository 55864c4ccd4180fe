"""One of the project's own modules: its units, names and places."""

from __future__ import annotations

import ast
import posixpath
from dataclasses import dataclass, field
from functools import cached_property
from itertools import takewhile
from typing import TYPE_CHECKING

from ops0.core.analyzer.errors import SourceTooDeep
from ops0.core.analyzer.project.memory import Memory
from ops0.core.analyzer.syntax.conditions import Decide
from ops0.core.analyzer.syntax.extract import extract
from ops0.core.analyzer.syntax.flags import Flags
from ops0.core.analyzer.syntax.frames import Around, scopes_around
from ops0.core.analyzer.syntax.methods import body_alone, without_bodies
from ops0.core.analyzer.syntax.model import (
    FUNCTIONS,
    CallUse,
    Extract,
    Imported,
    Unit,
    UnitUses,
    imported_by,
)
from ops0.core.analyzer.syntax.parse import Parsed, imports_relatively
from ops0.core.analyzer.syntax.reading import Surroundings
from ops0.core.analyzer.syntax.scopes import class_scope, function_scope
from ops0.core.analyzer.syntax.stdlib import is_stdlib
from ops0.core.analyzer.syntax.units import bindings_of, header_of, split_units
from ops0.core.notebooks.document import is_notebook
from ops0.core.pipeline import Where

if TYPE_CHECKING:
    from ops0.core.analyzer.project.bindings import Binders
    from ops0.core.analyzer.project.modules import Project

__all__ = ["Module"]


@dataclass(eq=False)
class Module:
    """One parsed file with its units.

    memory:  what has been found out about it, the same for every step that asks
    handed:  by a call's id the calls that it makes of functions among its arguments, once found
    uses:    what each of its units calls, says and reads, once found; by the unit's index
    """

    project: Project
    path: str
    parsed: Parsed
    memory: Memory = field(default_factory=Memory)
    uses: dict[int, UnitUses] = field(default_factory=dict)
    binders: dict[str, Binders] = field(default_factory=dict)
    _places: dict[int, Where] = field(default_factory=dict)
    exported: dict[str, bool] = field(default_factory=dict)
    _extracts: dict[int, Extract] = field(default_factory=dict)
    handed: dict[int, tuple[CallUse, ...]] = field(default_factory=dict)

    @cached_property
    def name(self) -> str:
        """Its dotted name: the shortest that an import root gives; the whole one if it imports relatively."""
        names = self.project.names(self.path)
        relative = not is_notebook(self.path) and imports_relatively(self.parsed)
        return max(names, key=len) if relative else min(names, key=len)

    @cached_property
    def file(self) -> str:
        """Where its slice stands: the path itself, for a notebook that of a module."""
        return self.project.file_of(self.path)

    @cached_property
    def flags(self) -> Flags:
        """The names that stand for tests of the target."""
        return Flags(self.parsed.tree, self.project.decide, self.parsed.lines, self._test_elsewhere)

    def _test_elsewhere(self, one: Imported, rest: tuple[str, ...]) -> bool | None:
        """Whether the test holds that an attribute of an import's name stands for, where the project's files say it."""
        dotted = self.absolute(one)
        if dotted is None:
            return None
        *owner, name = (*_bound_by(one, dotted).split("."), *rest)
        found = self.project.file_module(".".join(owner))
        return found.flags.verdict(name) if found is not None and found is not self else None

    def decides(self, around: Around) -> Decide:
        """What tests come to on the target within those definitions, whose names hide the file's own."""
        return self.memory.once(("decides", *map(id, around)), lambda: self._decides(around))

    def _decides(self, around: Around) -> Decide:
        functions = [function_scope(one) for one in around if isinstance(one, FUNCTIONS)]
        classes = [class_scope(one) for one in around[-1:] if isinstance(one, ast.ClassDef)]
        hidden = frozenset(name for one in (*functions, *classes) for name in one.names)
        return lambda test: self.flags.decide(test, hidden)

    @cached_property
    def units(self) -> tuple[Unit, ...]:
        """Its top-level statements. See split_units."""
        return split_units(self.parsed.tree, self.flags, self._libraries)

    @property
    def _libraries(self) -> dict[str, str]:
        """The names that imports at the top bind to something outside the project, with its dotted name."""
        found: dict[str, str] = {}
        for node in self.parsed.tree.body:
            for one in imported_by(node) if isinstance(node, (ast.Import, ast.ImportFrom)) else ():
                dotted = self.absolute(one)
                if dotted is not None and self.project.locate(dotted) is None:
                    found[one.bound] = _bound_by(one, dotted)
        return found

    @cached_property
    def bindings(self) -> dict[str, tuple[Unit, ...]]:
        """Name to the units that bind it, in the order of the source; dead ones left out."""
        return bindings_of(unit for unit in self.units if not unit.dead)

    @cached_property
    def typing_bindings(self) -> dict[str, tuple[Unit, ...]]:
        """The same with ``if TYPE_CHECKING`` branches: what annotations may name."""
        return bindings_of(self.units)

    @cached_property
    def stars(self) -> tuple[tuple[Unit, Imported], ...]:
        """``from x import *`` at the top, also inside ``try``."""
        found: list[tuple[Unit, Imported]] = []
        for unit in self.units:
            if unit.dead or unit.kind in ("define", "block"):
                continue
            made = unit.imports
            if not made and isinstance(unit.node, ast.Try):
                made = self.extract(unit).imports
            found += [(unit, one) for one in made if one.name == "*"]
        return tuple(found)

    @cached_property
    def surroundings(self) -> Surroundings:
        """What walks over its code need to know."""
        return Surroundings(
            always=self._always,
            flags=self.flags,
            names=frozenset(self.bindings),
            lazy=any(
                (one.module, one.name) == ("__future__", "annotations")
                for unit in self.units
                for one in unit.imports
            ),
        )

    @cached_property
    def around(self) -> dict[int, Around]:
        """The definitions around each call and each definition, by the id of its syntax."""
        return scopes_around(self.parsed.tree)

    def extract(self, unit: Unit) -> Extract:
        """What one unit uses; for a block its header only."""
        if unit.index not in self._extracts:
            nodes = self._code_of(unit)
            try:
                found = extract(nodes, self.surroundings)
            except RecursionError:
                raise SourceTooDeep(str(self.where(unit.node.lineno))) from None
            self._extracts[unit.index] = found
        return self._extracts[unit.index]

    def _code_of(self, unit: Unit) -> list[ast.AST]:
        """What a unit runs: of a class only what makes it, where its methods are units of their own."""
        if unit.kind == "block":
            return header_of(unit.node)
        if unit.kind == "method" and isinstance(unit.node, FUNCTIONS):
            return [body_alone(unit.node)]
        if not isinstance(unit.node, ast.ClassDef):
            return [unit.node]
        behind = (self.units[index] for index in range(unit.index + 1, len(self.units)))
        methods = [one.node for one in takewhile(lambda one: one.parent == unit.index, behind)]
        return [without_bodies(unit.node, methods)] if methods else [unit.node]

    def where(self, line: int) -> Where:
        """A place in this file: one value a line, for thousands of facts name the same ones."""
        place = self._places.get(line)
        if place is None:
            cells = self.parsed.cells
            place = Where(self.path, line) if cells is None else cells.where(line)
            self._places[line] = place
        return place

    def absolute(self, one: Imported) -> str | None:
        """The dotted module that an import names; None where dots lead above the import roots, or in a notebook."""
        if not one.level:
            return one.module
        if is_notebook(self.path):
            return None
        folder = posixpath.dirname(self.path)
        for _ in range(one.level - 1):
            if folder in ("", "."):
                return None
            folder = posixpath.dirname(folder)
        package = self.project.dotted(folder)
        if package is None:
            return None
        return ".".join(part for part in (package, one.module) if part)

    def _always(self, module: str, level: int) -> bool:
        dotted = self.absolute(Imported(module=module, level=level))
        return dotted is not None and (
            self.project.locate(dotted) is not None or is_stdlib(dotted, self.project.target.python)
        )


def _bound_by(one: Imported, dotted: str) -> str:
    """What the name that an import binds stands for, given the module's dotted name."""
    if one.name is not None:
        return f"{dotted}.{one.name}"
    return dotted if one.whole else one.bound
