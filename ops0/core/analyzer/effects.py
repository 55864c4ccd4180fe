"""Statements kept for what they do, not for what they bind: seeds, settings, registrations, changes in place."""

from __future__ import annotations

import ast
import builtins
from typing import TYPE_CHECKING

from ops0.core.analyzer.changes import ALWAYS_CHANGED
from ops0.core.analyzer.conditions import chain_of
from ops0.core.analyzer.elsewhere import acted_on, acts_on_another
from ops0.core.analyzer.external import library_of
from ops0.core.analyzer.kept_sets import calls_named
from ops0.core.analyzer.model import Cell, Chain, Unit
from ops0.core.analyzer.modules import Module
from ops0.core.analyzer.order import Order
from ops0.core.analyzer.resolve import External, Local, resolve
from ops0.core.analyzer.stdlib import is_stdlib
from ops0.core.analyzer.weak import weak_statements
from ops0.core.analyzer.world import World

if TYPE_CHECKING:
    from ops0.core.analyzer.reach import Reach

__all__ = ["Effects"]


_TAKING = (ast.Assign, ast.AnnAssign, ast.AugAssign)
"""Statements that take what the functions they call give: kept for what they change, not for what those log."""


class Effects:
    """Finds the statements that change something which is reached, in all modules that are imported.

    A unit without a binding that counts is kept when

    - every name that it uses is reached anyway (in a notebook: and it uses one), or
    - it changes an object of the project that is reached, also through functions that it calls and other names
      for the object: ``CONFIG.update(...)``, ``configure()``, ``rows = TABLE["x"]; rows.append(1)``, or
    - it changes a library that is reached, and needs no other library for it: ``np.random.seed(SEED)``.

    What would run steps never is.
    """

    def __init__(self, reach: Reach) -> None:
        self.reach = reach
        self.world = World.of(reach.entry)
        self.seen: set[Cell] = set()
        self.watched: set[Cell] = set()
        self.changing: dict[tuple[str, int], tuple[Module, Unit]] = {}
        self.order = Order(reach, self.world)
        self.inheriting: dict[tuple[str, int], tuple[Module, Unit]] = {}
        self.asks: bool | None = None

    def add(self) -> bool:
        """Keep what has become wanted; says whether anything has."""
        self.asks = None
        self._watch()
        changed = False
        for module, unit in list(self.changing.values()):
            if self._keep(module, unit):
                changed = True
                self.order.act(module)
        changed = self.order.keep() or changed
        for module, unit in list(self.inheriting.values()):
            if self._registers(module, unit):
                changed = self._keep(module, unit) or changed
        for module, unit in self.world.outward:
            if not self._is_kept(module, unit) and self._changes_library(module, unit):
                changed = self._keep(module, unit) or changed
                self.order.act(module)
        for module in self.reach.modules():
            for unit in weak_statements(self.world, module):
                if not self._is_kept(module, unit) and self._is_wanted(module, unit):
                    changed = self._keep(module, unit) or changed
        return changed

    def _watch(self) -> None:
        """Note what changes the names that have been reached since, by whatever other name."""
        pending = [cell for cell in self.reach.names if cell not in self.seen]
        self.seen.update(pending)
        for cell in pending:
            for module, unit in self.world.heirs.get(cell, ()):
                self.inheriting[module.path, unit.index] = (module, unit)
        while pending:
            cell = pending.pop()
            if cell in self.watched:
                continue
            self.watched.add(cell)
            pending += self.world.holders.get(cell, ())
            for module, unit in self.world.changers.get(cell, ()):
                self.changing[module.path, unit.index] = (module, unit)

    # keeping

    def _is_kept(self, module: Module, unit: Unit) -> bool:
        return unit.index in self.reach.kept.get(module.path, ())

    def _keep(self, module: Module, unit: Unit) -> bool:
        """Keep a unit, and the imports by which its module is executed; False where it is kept, or never executed."""
        if self._is_kept(module, unit) or not self.order.lead_to(module):
            return False
        self.reach.keep(module, unit)
        for one in unit.imports:
            self.reach.keep_import(module, unit, one)
            self.reach.follow(module, one, (), unit, bare=False)
        return True

    # what is wanted

    def _is_wanted(self, module: Module, unit: Unit) -> bool:
        if unit.kind == "import":
            return self._import_has_effect(module, unit)
        if unit.kind == "effect" and not module.extract(unit).imports:
            names = self._names(module, unit)
            if all(self._has(module, name) for name in names) and self._may_matter(module, names):
                return True
        if unit.kind == "effect" and acts_on_another(self.reach, module, unit):
            return True
        handed = self.world.doings[module.path, unit.index].handed
        if not self.watched.isdisjoint(handed) and self._needs_no_other_library(module, unit):
            return True
        return self._changes_library(module, unit)

    def _changes_library(self, module: Module, unit: Unit) -> bool:
        done = self.world.doings[module.path, unit.index]
        if not done.libraries and not done.called:
            return False
        libraries = (
            done.libraries if isinstance(unit.node, _TAKING) else done.libraries | done.called
        )
        here = module.path in self.reach.kept
        return any(
            library_of(one) in self.reach.tops or (here and one in ALWAYS_CHANGED)
            for one in libraries
        ) and self._needs_no_other_library(module, unit)

    # names

    def _names(self, module: Module, unit: Unit) -> frozenset[str]:
        """The names that a unit and the blocks around it use."""
        return module.memory.once(("names", unit.index), lambda: self._find_names(module, unit))

    def _find_names(self, module: Module, unit: Unit) -> frozenset[str]:
        read = frozenset(read.chain[0] for read in module.extract(unit).reads if not read.via)
        names = read - unit.bound
        return (
            names if unit.parent is None else names | self._names(module, module.units[unit.parent])
        )

    @staticmethod
    def _may_matter(module: Module, names: frozenset[str]) -> bool:
        """Whether a statement is there for what it does: in a notebook ``print(1 + 1)`` is there to be looked at."""
        return module.parsed.cells is None or not names.isdisjoint(module.bindings)

    def _has(self, module: Module, name: str) -> bool:
        if (module.path, name) in self.reach.names:
            return True
        if name not in module.bindings:
            return hasattr(builtins, name) or name.startswith("__")
        return any(unit.imports for unit in module.bindings[name]) and self._reached(
            module, (name,)
        )

    def _reached(self, module: Module, chain: Chain) -> bool:
        """Whether the thing behind a name is reached, from wherever."""
        found = resolve(module, chain)
        if isinstance(found, Local):
            return (found.module.path, found.name) in self.reach.names
        return isinstance(found, External) and library_of(found.dotted) in self.reach.tops

    def _needs_no_other_library(self, module: Module, unit: Unit) -> bool:
        python = self.reach.project.target.python
        return all(is_stdlib(top, python) for top in self._tops(module, unit) - self.reach.tops)

    def _tops(self, module: Module, unit: Unit) -> frozenset[str]:
        """The libraries that a statement needs with all that it uses: the same for every step."""
        return module.memory.once(("tops", unit.index), lambda: self._find_tops(module, unit))

    def _find_tops(self, module: Module, unit: Unit) -> frozenset[str]:
        trial = self.reach.empty()
        trial.touch(module)
        trial.keep(module, unit)
        trial.drain()
        return frozenset(trial.tops)

    # classes that are known to their base

    def _registers(self, module: Module, unit: Unit) -> bool:
        """Whether a class is noted by one of its bases, which is reached."""
        node = unit.node
        return isinstance(node, ast.ClassDef) and any(
            self._notes_subclasses(module, base) for base in node.bases
        )

    def _notes_subclasses(self, module: Module, base: ast.expr) -> bool:
        chain = chain_of(base)
        found = resolve(module, chain) if chain else None
        if not isinstance(found, Local) or (found.module.path, found.name) not in self.reach.names:
            return False
        node = found.unit.node
        if not isinstance(node, ast.ClassDef):
            return False
        metaclass = any(
            word.arg == "metaclass" and (chain_of(word.value) or ("",))[-1] != "ABCMeta"
            for word in node.keywords
        )
        return metaclass or bool(self.world.hooks(module, base)) or self._asks_for_subclasses()

    def _asks_for_subclasses(self) -> bool:
        """Whether reached code asks a class for its subclasses: found once for each round."""
        if self.asks is None:
            self.asks = calls_named(self.reach, "__subclasses__")
        return self.asks

    # imports that do something

    def _import_has_effect(self, module: Module, unit: Unit) -> bool:
        return not self.reach.tops.isdisjoint(acted_on(module, unit))
