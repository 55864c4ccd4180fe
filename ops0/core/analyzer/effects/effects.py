"""Statements kept for what they do, not for what they bind: seeds, settings, registrations, changes in place."""

from __future__ import annotations

import ast
from collections.abc import Sequence

from ops0.core.analyzer.effects.consulting import Consulted, holders_of
from ops0.core.analyzer.effects.elsewhere import is_any_reached
from ops0.core.analyzer.effects.growing import Growing
from ops0.core.analyzer.effects.kept_sets import Naming, wanted_sets
from ops0.core.analyzer.effects.looking import Bits
from ops0.core.analyzer.effects.order import Order
from ops0.core.analyzer.effects.reached import Reached
from ops0.core.analyzer.effects.registered import whens_of_base
from ops0.core.analyzer.effects.waiting import Waiting
from ops0.core.analyzer.effects.weak import Names, Sets, Weak, outward, sets_of
from ops0.core.analyzer.effects.world import World
from ops0.core.analyzer.project.external import library_of
from ops0.core.analyzer.project.module import Module
from ops0.core.analyzer.project.resolve import External, Local, resolve
from ops0.core.analyzer.syntax.conditions import chain_of
from ops0.core.analyzer.syntax.model import Cell, Unit
from ops0.core.analyzer.syntax.stdlib import is_stdlib

__all__ = ["Effects"]


class Effects(Growing[Reached]):
    """Finds the statements that change something which is reached, in all modules that are imported.

    A unit without a binding that counts is kept when

    - every name that it uses is reached anyway (in a notebook: and it uses one), or
    - it changes an object of the project that is reached, also through functions that it calls and other names
      for the object: ``CONFIG.update(...)``, ``configure()``, ``rows = TABLE["x"]; rows.append(1)``, or
    - it changes a library that is reached, and needs no other library for it: ``np.random.seed(SEED)``.

    What would run steps never is.
    """

    def __init__(self, reach: Reached) -> None:
        super().__init__(reach)
        self.world = World.of(reach.entry)
        self.seen: set[Cell] = set()
        self.watched: set[Cell] = set()
        self.changing: Bits = 0
        self.settled: Bits = 0
        self.order = Order(reach, self.world)
        self.inheriting: dict[tuple[str, int], tuple[Module, Unit]] = {}
        self.naming: dict[str, Naming] = {}
        self.asks: bool | None = None
        self.registering: set[Cell] = set()
        self.reading = Consulted(reach, self.world)
        self.asked_at: tuple[int, int] | None = None
        # Statements that may be wanted yet: one that has been kept for that is not asked about again.
        self.outward: Sequence[tuple[Module, Unit, Sets]] = outward(self.world)
        self.acting: set[tuple[str, int]] = set()
        self.waiting = Waiting(reach, self.world)

    def add(self) -> bool:
        """Keep what has become wanted; says whether anything has."""
        self.asks = None
        # What is asked of all that is wanted is asked as of now: a round that adds something is followed by another.
        wanted_sets(self.reach)
        self._watch()
        self._consult()
        changed = self._keep_changing()
        changed = self.order.keep() or changed
        for module, unit in list(self.inheriting.values()):
            if self._may_act(module, unit) and self._registers(module, unit):
                changed = self._keep_acting(module, unit) or changed
        changed = self._keep_registered() or changed
        changed = self._keep_outward() or changed
        changed = self.order.keep() or changed
        for module, weak in self.waiting.to_ask():
            changed = self._ask(module, weak) or changed
        return changed

    def _watch(self) -> None:
        """Note what changes the names that have been reached since, by whatever other name."""
        world = self.world
        pending = (self.reach.names & world.telling) - self.seen
        self.seen |= pending
        for cell in world.heirs.keys() & pending:
            for module, unit in world.heirs[cell]:
                self.inheriting[module.path, unit.index] = (module, unit)
        while pending := pending - self.watched:
            self.watched |= pending
            self.registering |= world.registrants.keys() & pending
            for cell in world.changers.keys() & pending:
                self.changing |= world.changers[cell]
            pending = holders_of(world, pending)

    def _consult(self) -> None:
        """Note what is registered on a library's object, once reached code does more with that than register itself.

        Or with what holds the object: ``app.add_typer(sub)``, ``@cli.group() def sub()``.
        """
        known = self.reading.by_now() if self.registering else frozenset()
        for cell in self.registering & known:
            self.registering.remove(cell)
            self.changing |= self.world.registrants[cell]

    # keeping

    def _keep_changing(self) -> bool:
        """Keep the statements that change what is reached; says whether there is another one."""
        changed, statements = False, self.world.statements
        for path, index in statements.things(self.changing & ~self.settled):
            module = self.world.modules[path]
            if self.order.executes(module):
                changed = self._keep_acting(module, module.units[index]) or changed
                self.settled |= statements[path, index]
        return changed

    def _keep_registered(self) -> bool:
        """Keep what a library knows by a decorator or a base; says whether there was something."""
        reach, changed = self.reach, False
        for module, unit, one in self.world.registered:
            if self._may_act(module, unit) and one.on <= reach.names:
                wanted = is_any_reached(reach, one.whens, self._is_named)
                changed = (wanted and self._keep_acting(module, unit)) or changed
        for module, unit in self.world.known_to_bases:
            if self._may_act(module, unit) and self._is_known_to_base(module, unit):
                changed = self._keep_acting(module, unit) or changed
        return changed

    def _is_known_to_base(self, module: Module, unit: Unit) -> bool:
        """Whether reached code uses one of its bases, and what looks for the classes made of that."""
        for base in unit.node.bases if isinstance(unit.node, ast.ClassDef) else ():
            whens = whens_of_base(module, base)
            chain = chain_of(base) if whens else None
            found = resolve(module, chain) if chain is not None else None
            if isinstance(found, Local):
                used = (found.module.path, found.name) in self.reach.names
            else:
                used = isinstance(found, External) and library_of(found.dotted) in self.reach.tops
            if used and is_any_reached(self.reach, whens, self._is_named):
                return True
        return False

    def _keep_outward(self) -> bool:
        """Keep the statements that set something of a library that is reached: asked again where another one is."""
        asked_at = len(self.reach.tops), len(self.reach.kept)
        if asked_at == self.asked_at:
            return False
        self.asked_at, changed, rest = asked_at, False, []
        for module, unit, sets in self.outward:
            if not self._may_act(module, unit) or not self._sets_library(module, unit, sets):
                rest.append((module, unit, sets))
            else:
                changed = self._keep_acting(module, unit) or changed
        self.outward = rest
        return changed

    def _ask(self, module: Module, weak: Weak) -> bool:
        """Keep a weak statement if it is wanted by now; says whether it was."""
        if self._is_kept(module, weak.unit) and self._is_taken(module, weak.unit):
            return False
        if self._is_wanted(module, weak):
            return self._keep(module, weak.unit)
        self.waiting.put_back(module, weak)
        return False

    def _is_kept(self, module: Module, unit: Unit) -> bool:
        return unit.index in self.reach.kept.get(module.path, ())

    def _is_taken(self, module: Module, unit: Unit) -> bool:
        """Whether of a kept import statement everything is used; of others there is no more to take."""
        taken = self.reach.taken.get(module.path, set())
        return unit.kind != "import" or all((unit.index, one) in taken for one in unit.imports)

    def _may_act(self, module: Module, unit: Unit) -> bool:
        """Whether a statement is executed, and nothing has been done about that yet."""
        return (module.path, unit.index) not in self.acting and self.order.executes(module)

    def _keep_acting(self, module: Module, unit: Unit) -> bool:
        """Keep a statement, and the imports that execute its module, in their order; says whether it is another one.

        Also where a name has kept the statement before: what is kept depends on no order of asking.
        """
        self.acting.add((module.path, unit.index))
        self.order.act(module)
        return not self._is_kept(module, unit) and self._keep(module, unit)

    def _keep(self, module: Module, unit: Unit) -> bool:
        """Keep a unit, with all that it imports."""
        self.reach.keep(module, unit)
        for one in unit.imports:
            self.reach.keep_import(module, unit, one)
            self.reach.follow(module, one, (), unit, bare=False)
        return True

    # what is wanted

    def _is_wanted(self, module: Module, weak: Weak) -> bool:
        if weak.acted is not None:
            return is_any_reached(self.reach, weak.acted, self._is_named)
        if weak.names is not None and self._are_reached(weak.names):
            return True
        if weak.whens and is_any_reached(self.reach, weak.whens, self._is_named):
            return True
        if self._is_handed_reached(weak) and self._needs_no_other_library(module, weak.unit):
            return True
        return self._changes_library(module, weak.unit)

    def _is_named(self, last: str) -> bool:
        """Whether reached code uses an attribute of that name."""
        if last not in self.naming:
            self.naming[last] = Naming(self.reach, last)
        return self.naming[last].is_named()

    def _is_handed_reached(self, weak: Weak) -> bool:
        names, handed = self.reach.names, weak.handed
        return not (names.isdisjoint(handed) and self.watched.isdisjoint(handed))

    def _are_reached(self, wanted: Names) -> bool:
        names, tops = self.reach.names, self.reach.tops
        return wanted.cells <= names and all(
            top in tops or not names.isdisjoint(cells) for cells, top in wanted.imported
        )

    def _changes_library(self, module: Module, unit: Unit) -> bool:
        sets = sets_of(self.world, module, unit)
        return sets is not None and self._sets_library(module, unit, sets)

    def _sets_library(self, module: Module, unit: Unit, sets: Sets) -> bool:
        if not self.reach.tops.isdisjoint(sets.configured):
            return True
        return (
            not self.reach.tops.isdisjoint(sets.libraries)
            or (sets.always and module.path in self.reach.kept)
        ) and self._needs_no_other_library(module, unit)

    # libraries

    def _needs_no_other_library(self, module: Module, unit: Unit) -> bool:
        python = self.reach.project.target.python
        return all(is_stdlib(top, python) for top in self._tops(module, unit) - self.reach.tops)

    def _tops(self, module: Module, unit: Unit) -> frozenset[str]:
        """The libraries that a statement needs with all that it uses: the same for every step."""
        return module.memory.once(
            ("tops", unit.index), lambda: self.reach.libraries_of(module, unit)
        )

    # classes that are known to their base

    def _registers(self, module: Module, unit: Unit) -> bool:
        """Whether a class is noted by one of its bases, which is reached."""
        node = unit.node
        return isinstance(node, ast.ClassDef) and any(
            self._notes_subclasses(module, base) for base in node.bases
        )

    def _notes_subclasses(self, module: Module, base: ast.expr) -> bool:
        key = ("base", id(base))  # the syntax of a module lives as long as its memory
        cell, notes = module.memory.once(key, lambda: self._look_at_base(module, base))
        return cell in self.reach.names and (notes or self._asks_for_subclasses())

    def _look_at_base(self, module: Module, base: ast.expr) -> tuple[Cell | None, bool]:
        """The name of a class of the project, and whether it notes its subclasses itself: no step has a say in it."""
        chain = chain_of(base)
        found = resolve(module, chain) if chain else None
        node = found.unit.node if isinstance(found, Local) else None
        if not isinstance(found, Local) or not isinstance(node, ast.ClassDef):
            return None, False
        metaclass = any(
            word.arg == "metaclass" and (chain_of(word.value) or ("",))[-1] != "ABCMeta"
            for word in node.keywords
        )
        hooked = bool(self.world.hooks(module, base))
        return (found.module.path, found.name), metaclass or hooked

    def _asks_for_subclasses(self) -> bool:
        """Whether reached code asks a class for its subclasses: found once for each round."""
        if self.asks is None:
            self.asks = self._is_named("__subclasses__")
        return self.asks
