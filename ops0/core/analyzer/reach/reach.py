"""Following names: from one piece of code to every unit of every module that it reaches."""

from __future__ import annotations

import ast
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from ops0.core.analyzer.effects.changes import runs_pipeline
from ops0.core.analyzer.project.bindings import binders_of, that_bind
from ops0.core.analyzer.project.external import ExternalImport
from ops0.core.analyzer.project.late import late_imports
from ops0.core.analyzer.project.module import Module
from ops0.core.analyzer.reach.direct import direct_of
from ops0.core.analyzer.reach.executed import executed_by
from ops0.core.analyzer.reach.findings import Findings, cell_of
from ops0.core.analyzer.reach.methods import Methods
from ops0.core.analyzer.reach.stars import EVERY_MODULE_HAS, follow_star, follow_stars, has_name
from ops0.core.analyzer.syntax.model import Chain, Extract, Imported, Unit
from ops0.core.pipeline import Where

if TYPE_CHECKING:
    from ops0.core.analyzer.reach.starts import Starts

__all__ = ["ExternalImport", "Reach"]


@dataclass
class Reach(Findings):
    """What one function reaches. Fill it with ``start`` or ``begin``, then have it finished (``finishing.py``).

    starts: finished reaches to go on from, by the module in which they began; None for none
    """

    starts: dict[Module, Starts] | None = None
    _seen: set[object] = field(default_factory=set)
    _followed: dict[tuple[str, Chain, int], int] = field(default_factory=dict)

    # the outside

    def start(self, module: Module, name: str) -> None:
        """Begin at a top-level name."""
        self.touch(module)
        self.lookup(module, (name,), None)

    def begin(
        self, module: Module, piece: Extract, node: ast.AST, around: tuple[ast.AST, ...] = ()
    ) -> None:
        """Begin at a piece of code that is no unit, as a nested function; ``around``: the definitions it stands in."""
        self.touch(module)
        self.extras.append((module, piece))
        self.codes.append((module, node, around))
        self.add_uses(module, piece, None)

    def drain(self) -> None:
        """Follow what is waiting."""
        while self.waiting:
            module, unit = self.waiting.popleft()
            direct_of(self, module, unit).add_to(self)

    def libraries_of(self, module: Module, unit: Unit) -> frozenset[str]:
        """The libraries that a unit needs with all that it uses. Nobody gets its instances: methods count by name."""
        trial = Reach(self.project)
        trial.touch(module)
        trial.keep(module, unit)
        methods = Methods(trial)
        trial.drain()
        while methods.add_named():
            trial.drain()
        return frozenset(trial.tops)

    def keep_executed(self, module: Module, places: tuple[tuple[int, int], ...]) -> None:
        """Keep imports for what executing their modules does: the index of each statement, and which of its imports."""
        executed_by(self, module, places).add_to(self)

    def fresh(self) -> Reach:
        """One that begins in the same module, and has reached nothing more."""
        made = Reach(self.project, handing=self.handing)
        made.touch(self.entry)
        return made

    def add(self, other: Reach) -> None:
        """Add what another one has reached that is finished, and part of this one."""
        # What is given has been called, whoever names it: it has no methods that nobody wants. What this one has kept
        # in earnest is no idle method either.
        idle = {
            (path, index): one
            for (path, index), one in other.idle.items()
            if cell_of(one) not in self.given and index not in self.kept.get(path, ())
        }
        for path, units in other.kept.items():
            self.kept.setdefault(path, set()).update(units)
        for path, taken in other.taken.items():
            self.taken.setdefault(path, set()).update(taken)
        for path, why in other.whole.items():
            self.note_whole(path, why)
        self.names |= other.names
        self.tops |= other.tops
        self.externals.update(other.externals)
        self.warnings.update(other.warnings)
        for module, one in other.lost:
            self.missing(module, one)
        self.idle.update(idle)
        self.sets.update(other.sets)
        self.grown[:0] = other.grown  # whoever goes on has heard of these
        self.told.update(other.told)
        self._seen |= other._seen
        for span, end in other._followed.items():
            self._followed[span] = max(end, self._followed.get(span, 0))

    def alone(self) -> Reach:
        """One for what a single unit reaches."""
        return Reach(self.project, later=[])

    def keep_whole(self, module: Module, where: Where, why: str) -> None:
        """Keep everything that the module runs when it is imported. ``where``: the place that wants it."""
        known = module.path in self.whole
        self.note_whole(module.path, (where, why))
        if known:
            return
        self.touch(module)
        for unit in module.units:
            if unit.dead or unit.kind == "block" or runs_pipeline(module, unit):
                continue
            self.keep(module, unit)
            for one in unit.imports:
                self.keep_import(module, unit, one)
                self.follow(module, one, (), unit, bare=False)

    # following

    def add_uses(self, module: Module, piece: Extract, unit: Unit | None) -> None:
        """Keep what a piece of code uses at first hand."""
        for why, line in piece.dynamic:
            where = module.where(line)
            self.keep_whole(module, where, f"{where}: {why} can reach any name of the module")
        for one in piece.imports:
            self.follow(module, one, (), unit, bare=False)
        for read in piece.reads:
            if read.via:
                for one in read.via:
                    self.follow(module, one, read.chain[1:], None, bare=True)
            else:
                at = None if read.deferred or unit is None else unit
                self.lookup(module, read.chain, at)

    def lookup(self, module: Module, chain: Chain, at: Unit | None) -> None:
        """Keep what binds a name of a module. ``at``: the unit that reads it while the module is executed."""
        key = (module.path, chain, at.index if at else None)
        if key in self._seen:
            return
        self._seen.add(key)
        name = chain[0]
        late = late_imports(module).get(name, ())
        for one in that_bind(late, chain):
            self.follow(module, one, chain[1:], None, bare=True)
        if name not in module.bindings:
            if not late:
                follow_stars(self, module, chain)
            return
        self.names.add((module.path, name))
        binders = binders_of(module, name)
        if self.later is not None and at is not None and binders.are_many(at):
            self.later.append((module, chain, at))
            return
        for unit in binders.not_followed(module, chain, at, self._followed):
            if unit.index in binders.stars:
                follow_star(self, module, unit, binders.stars[unit.index], chain)
            elif unit.kind == "import":
                for one in that_bind(unit.imports, chain):
                    self.keep_import(module, unit, one)
                    self.follow(module, one, chain[1:], unit, bare=True)
            else:
                self.keep(module, unit)
                for one in that_bind(module.extract(unit).imports, chain):
                    self.follow(module, one, chain[1:], unit, bare=True)

    def follow(
        self, module: Module, one: Imported, rest: Chain, unit: Unit | None, *, bare: bool
    ) -> None:
        """Go where an import leads. ``bare``: the imported thing is used, with the attributes ``rest``."""
        dotted = module.absolute(one)
        if dotted is None:
            self.missing(module, one)
        elif one.name is None:
            self._follow_plain(module, one, dotted, rest, unit, bare=bare)
        else:
            self._follow_from(module, one, dotted, rest, unit, bare=bare)

    def _follow_plain(
        self,
        module: Module,
        one: Imported,
        dotted: str,
        rest: Chain,
        unit: Unit | None,
        *,
        bare: bool,
    ) -> None:
        if not self.is_project(dotted):
            self.external(module, one, dotted, unit)
            return
        self.touch_name(dotted)
        if bare:
            self.walk(module, dotted if one.whole else dotted.partition(".")[0], rest, one.line)

    def _follow_from(
        self,
        module: Module,
        one: Imported,
        dotted: str,
        rest: Chain,
        unit: Unit | None,
        *,
        bare: bool,
    ) -> None:
        name = one.name or ""
        found, inner = self.project.locate(dotted), f"{dotted}.{name}"
        if found is not None and found.path is not None:
            self.touch_name(dotted)
            if name == "*":
                if unit is None or unit.kind != "import":
                    target = self.project.module(found.path)
                    self.keep_whole(target, module.where(one.line), "imported with *")
            else:
                self._take(module, one, self.project.module(found.path), inner, rest, bare=bare)
        elif self.project.is_local(inner):
            self.touch_name(inner)
            if bare:
                self.walk(module, inner, rest, one.line)
        elif one.level:
            self.missing(module, one)
        else:
            self.external(module, one, dotted, unit)

    def _take(
        self, module: Module, one: Imported, target: Module, inner: str, rest: Chain, *, bare: bool
    ) -> None:
        """``from target import name``: a name of it, else a submodule; of a package's own, what is not bound yet."""
        name = one.name or ""
        own = target is module and self.project.is_local(inner)
        if not own and (name in target.bindings or not self.project.is_local(inner)):
            if not has_name(target, name) and one.guard == "none":
                self.missing(module, one)
            self.lookup(target, (name, *rest), None)
            return
        # `from . import name` in an `__init__` that may bind the name to something else too
        if own and bare and name in target.bindings:
            self.lookup(target, (name, *rest), None)
        self.touch_name(inner)
        if bare:
            self.walk(module, inner, rest, one.line)

    def walk(self, module: Module, dotted: str, rest: Chain, line: int) -> None:
        """Use the attributes ``rest`` of a module of the project."""
        found = self.project.locate(dotted)
        target = (
            self.project.module(found.path)
            if found is not None and found.path is not None
            else None
        )
        if not rest or rest[0] == "__dict__":
            if target is not None:
                where = module.where(line)
                self.keep_whole(target, where, f"{where}: the module itself is used as a value")
            return
        name, inner = rest[0], f"{dotted}.{rest[0]}"
        if target is not None and name in target.bindings:
            self.lookup(target, rest, None)
        elif self.project.locate(inner) is not None:
            self.touch_name(inner)
            if target is not None:
                self._keep_loader(target, inner)
            self.walk(module, inner, rest[1:], line)
        elif target is not None and name not in EVERY_MODULE_HAS:
            self.lookup(target, rest, None)

    def _keep_loader(self, package: Module, inner: str) -> None:
        """Keep the import in a package that makes its submodule an attribute of it."""
        for unit in package.units:
            for one in unit.imports:
                dotted = package.absolute(one) if not unit.dead else None
                if dotted is not None and f"{dotted}.".startswith(f"{inner}."):
                    self.keep_import(package, unit, one)
                    self.follow(package, one, (), unit, bare=False)
                    return
