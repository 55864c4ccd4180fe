"""Statements kept for what they do, not for what they bind: seeds, settings, registrations, changes in place."""

from __future__ import annotations

import ast
import builtins
from typing import TYPE_CHECKING

from ops0.core.analyzer.candidates import candidates, changes, loads
from ops0.core.analyzer.changes import (
    ALWAYS_CHANGED,
    changed_by,
    roots,
    runs_pipeline,
    statement_calls,
)
from ops0.core.analyzer.conditions import chain_of
from ops0.core.analyzer.direct import tops_of
from ops0.core.analyzer.model import Candidate, Chain, Unit
from ops0.core.analyzer.modules import Module
from ops0.core.analyzer.resolve import External, Local, resolve
from ops0.core.analyzer.stdlib import is_stdlib

if TYPE_CHECKING:
    from ops0.core.analyzer.reach import Reach

__all__ = ["Effects"]


class Effects:
    """Finds the units of reached modules that change something which is reached.

    A unit without a binding that counts is kept when

    - every name that it uses is reached anyway, or
    - it changes an object of the project that is reached: ``CONFIG.update(...)``, ``REGISTRY["x"] = f``, or
    - it changes a library that is reached, and needs no other library for it: ``np.random.seed(SEED)``.

    What would run steps never is.
    """

    def __init__(self, reach: Reach) -> None:
        self.reach = reach

    def add(self) -> bool:
        """Keep what has become wanted; says whether anything has."""
        changed = False
        for module in self.reach.modules():
            kept = self.reach.kept[module.path]
            for one in candidates(module):
                if one.unit.index not in kept and self._is_wanted(module, one):
                    changed = True
                    self._keep(module, one.unit)
        return changed

    def _keep(self, module: Module, unit: Unit) -> None:
        self.reach.keep(module, unit)
        for one in unit.imports:
            self.reach.keep_import(module, unit, one)
            self.reach.follow(module, one, (), unit, bare=False)

    def _is_wanted(self, module: Module, candidate: Candidate) -> bool:
        unit = candidate.unit
        if unit.kind == "import":
            return self._import_has_effect(module, unit)
        if unit.kind == "define":
            return self._registers(module, candidate)
        if runs_pipeline(module, unit):
            return False
        if (
            unit.kind == "effect"
            and not module.extract(unit).imports
            and all(self._has(module, name) for name in _names(module, unit))
        ):
            return True
        return any(
            self._changes_reached(module, unit, root) for root in roots(module, unit)
        ) or any(pair in self.reach.names for pair in _changed_by_calls(module, unit))

    # names

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
        return isinstance(found, External) and found.dotted.partition(".")[0] in self.reach.tops

    def _changes_reached(self, module: Module, unit: Unit, root: Chain) -> bool:
        found = resolve(module, root)
        if isinstance(found, Local):
            # A bare call of a function changes what its body changes; that is asked for elsewhere.
            return (len(root) > 1 or found.unit.kind != "define") and self._reached(module, root)
        if not isinstance(found, External):
            return (module.path, root[0]) in self.reach.names
        always = any(root[: len(known)] == known for known in ALWAYS_CHANGED)
        return (always or self._reached(module, root)) and self._needs_no_other_library(
            module, unit
        )

    def _needs_no_other_library(self, module: Module, unit: Unit) -> bool:
        """Whether all that keeping the unit would add is Python's own, or comes with what waits to be followed."""
        tops = tops_of(self.reach, module, unit).union(
            *(tops_of(self.reach, *waiting) for waiting in self.reach.waiting)
        )
        python = self.reach.project.target.python
        return all(is_stdlib(top, python) for top in tops - self.reach.tops)

    def _registers(self, module: Module, candidate: Candidate) -> bool:
        """``@REGISTRY.register("x")``, ``@register``, and classes whose base notes its subclasses."""
        node = candidate.unit.node
        if not candidate.registers.isdisjoint(self.reach.names):
            return True
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
        hook = any(
            isinstance(one, ast.FunctionDef) and one.name == "__init_subclass__"
            for one in node.body
        )
        return metaclass or hook or self._asks_for_subclasses()

    def _asks_for_subclasses(self) -> bool:
        # Next to no module has the word, and those that do not are not looked through.
        saying = {module.path for module in self.reach.modules() if module.asks_for_subclasses}
        return bool(saying) and any(
            call.chain[-1] == "__subclasses__"
            for module, piece, _ in self.reach.pieces()
            if module.path in saying
            for call in piece.calls
        )

    # imports that do something

    def _import_has_effect(self, module: Module, unit: Unit) -> bool:
        done = loads(module, unit)
        return not self.reach.tops.isdisjoint(done.beside) or any(
            self._module_changes_reached(path)
            for path, bound in done.local
            if path not in self.reach.kept and not module.reads_name(bound)
        )

    def _module_changes_reached(self, path: str) -> bool:
        """An import that nobody uses, of a module that changes reached objects: it is there to register."""
        target = self.reach.project.module(path)
        found = changes(target)
        return not self.reach.names.isdisjoint(found.objects) or any(
            self._notes_subclasses(target, base) for base in found.bases
        )


def _names(module: Module, unit: Unit) -> frozenset[str]:
    """The names that a unit and the blocks around it use."""
    known = module.memory.uses
    if unit.index not in known:
        reads = module.extract(unit).reads
        names = frozenset(read.chain[0] for read in reads if not read.via) - unit.bound
        if unit.parent is not None:
            names |= _names(module, module.units[unit.parent])
        known[unit.index] = names
    return known[unit.index]


def _changed_by_calls(module: Module, unit: Unit) -> frozenset[tuple[str, str]]:
    """What functions of the project change that a unit calls as statements: ``configure()``."""
    known = module.memory.called
    if unit.index not in known:
        chains = (chain_of(call.func) for call in statement_calls(unit.node))
        changed = (changed_by(module, chain, set()) for chain in chains if chain is not None)
        known[unit.index] = frozenset[tuple[str, str]]().union(*changed)
    return known[unit.index]
