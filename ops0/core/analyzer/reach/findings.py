"""What one function reaches, as far as it is known: kept units, imported modules, imports of the outside."""

from __future__ import annotations

import ast
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

from ops0.core.analyzer.errors import LocalModuleMissing
from ops0.core.analyzer.project.external import ExternalImport, library_of
from ops0.core.analyzer.project.module import Module
from ops0.core.analyzer.project.modules import Project
from ops0.core.analyzer.syntax.model import Cell, Chain, Extract, Handed, Imported, Unit
from ops0.core.errors import Ops0Error
from ops0.core.pipeline import Reason, Warn, Where

__all__ = ["Findings", "Handing", "Taken", "Why", "cell_of"]

Taken = tuple[int, Imported | str | None]
"""The index of an import statement, and what is used of it: something that it imports, a name that ``*`` gives, or
None where it is kept for what its module does."""
Why = tuple[Where, str]
"""Why a module is kept whole: where that is decided, and what people are told."""
Handing = Callable[[Module, ast.AST, tuple[ast.AST, ...], frozenset[int]], frozenset[Handed]]
"""What code hands to code that is not the project's: the code, what it stands in, parts of it that do not count."""


@dataclass
class Findings:
    """What has been noted so far. It only grows.

    kept:     units by path;   taken: what is used of imports, likewise
    whole:    modules that are kept whole, each with the first of the reasons by place, whichever was found first
    waiting:  units that are kept and not yet followed;   lost: imports that lead nowhere
    later:    for what one unit reaches: names with many bindings, for each step to follow; None for a step
    codes:    the syntax of the extras with the definitions around
    sets, all_sets, all_wanted: see kept_of, kept_sets, wanted_sets;   grown, told: what of these has come, and last
    given:    the project's definitions that it is handed, or instances of
    idle:     methods that are kept, as they add nothing, but wanted by nobody, with their classes: what they say and
              call does not count
    handing:  tells what code hands to code of others; None where nobody can tell
    gives_anything: whether it cannot be told what the function gives back
    """

    project: Project
    kept: dict[str, set[int]] = field(default_factory=dict)
    taken: dict[str, set[Taken]] = field(default_factory=dict)
    whole: dict[str, Why] = field(default_factory=dict)
    names: set[tuple[str, str]] = field(default_factory=set)
    tops: set[str] = field(default_factory=set)
    externals: dict[ExternalImport, None] = field(default_factory=dict)
    extras: list[tuple[Module, Extract]] = field(default_factory=list)
    codes: list[tuple[Module, ast.AST, tuple[ast.AST, ...]]] = field(default_factory=list)
    given: set[Cell] = field(default_factory=set)
    idle: dict[tuple[str, int], tuple[Module, Unit, Unit]] = field(default_factory=dict)
    handing: Handing | None = None
    gives_anything: Callable[[], bool] = lambda: False
    scripts: set[str] = field(default_factory=set)
    files: dict[str, Reason] = field(default_factory=dict)
    warnings: dict[Warn, None] = field(default_factory=dict)
    faults: list[Ops0Error] = field(default_factory=list)
    waiting: deque[tuple[Module, Unit]] = field(default_factory=deque)
    lost: dict[tuple[Module, Imported], None] = field(default_factory=dict)
    later: list[tuple[Module, Chain, Unit]] | None = None
    sets: dict[str, frozenset[int]] = field(default_factory=dict)
    all_sets: tuple[int, Sequence[tuple[Module, frozenset[int]]]] = (-1, ())
    all_wanted: tuple[object, Sequence[tuple[Module, frozenset[int]]]] = (None, ())
    told: dict[str, frozenset[int]] = field(default_factory=dict)
    grown: list[tuple[Module, frozenset[int]]] = field(default_factory=list)
    _modules: list[Module] = field(default_factory=list)

    @property
    def entry(self) -> Module:
        """The module in which it began."""
        return self.project.module(next(iter(self.kept)))

    def modules(self) -> Sequence[Module]:
        """The project's modules that are reached, by path."""
        if len(self._modules) != len(self.kept):  # nothing is ever taken out
            self._modules = [self.project.module(path) for path in sorted(self.kept)]
        return self._modules

    def pieces(self) -> Iterable[tuple[Module, Extract, Unit | None]]:
        """All code that is reached."""
        for module, piece in self.extras:
            yield module, piece, None
        for module in self.modules():
            for index in sorted(self.kept[module.path]):
                unit = module.units[index]
                yield module, module.extract(unit), unit

    def touch(self, module: Module) -> None:
        """Note that a module is executed."""
        self.kept.setdefault(module.path, set())

    def touch_name(self, dotted: str) -> None:
        """Note that a module of the project is imported, and the packages on the way to it."""
        found = self.project.locate(dotted)
        if found is None:
            return
        for path in (*found.packages, found.path):
            if path is not None:
                self.touch(self.project.module(path))

    def keep(self, module: Module, unit: Unit) -> None:
        """Keep a unit, and the headers of the blocks it stands in."""
        self.idle.pop((module.path, unit.index), None)  # what is kept in earnest says what it says
        kept = self.kept.setdefault(module.path, set())
        if unit.index in kept:
            return
        kept.add(unit.index)
        if unit.parent is not None and not unit.loose:
            self.keep(module, module.units[unit.parent])
        if unit.kind == "import":
            return
        self.names.update((module.path, name) for name in unit.bound)
        self.waiting.append((module, unit))

    def keep_import(self, module: Module, unit: Unit, one: Imported) -> None:
        """Keep one name of an import statement."""
        self.keep(module, unit)
        self.names.add((module.path, one.bound))
        self.take(module, unit, one)

    def note_whole(self, path: str, why: Why) -> None:
        """Note a reason to keep a module whole; of one that is run as a program, that is told."""
        if path not in self.scripts:
            self.whole[path] = min(why, self.whole.get(path, why))

    def take(self, module: Module, unit: Unit, what: Imported | str | None) -> None:
        """Note what is used of an import statement. See Taken."""
        self.taken.setdefault(module.path, set()).add((unit.index, what))

    def is_project(self, dotted: str) -> bool:
        """Whether an import of that name stays in the project."""
        return self.project.is_local(dotted) or (
            # `import namespace.package` of the project's own folders, with no file of that very name
            "." in dotted
            and self.project.locate(dotted) is not None
            and self.project.is_local(dotted.rpartition(".")[0])
        )

    def external(self, module: Module, one: Imported, dotted: str, unit: Unit | None) -> None:
        """Note an import of something outside."""
        self.tops.add(library_of(f"{dotted}.{one.name}" if one.name else dotted))
        self.externals.setdefault(ExternalImport(module, dotted, one, unit))

    def missing(self, module: Module, one: Imported) -> None:
        """Note an import that leads nowhere, unless the code is ready for that, or makes it where another one fails."""
        if one.guard == "none" and not one.instead and (module, one) not in self.lost:
            self.lost[module, one] = None
            self.faults.append(LocalModuleMissing(module.where(one.line), one.text))


def cell_of(method: tuple[Module, Unit, Unit]) -> Cell:
    """The class of a method, which comes with its module and its class."""
    module, owner, _ = method
    return module.path, getattr(owner.node, "name", "")
