"""Statements kept for what they do, not for what they bind: seeds, settings, registrations, changes in place."""

from __future__ import annotations

import ast
import builtins
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

import tomli

from ops0.core.analyzer.changes import (
    ALWAYS_CHANGED,
    changed_by,
    roots,
    runs_pipeline,
    statement_calls,
)
from ops0.core.analyzer.conditions import chain_of
from ops0.core.analyzer.model import Candidate, Chain, Unit
from ops0.core.analyzer.modules import Module
from ops0.core.analyzer.resolve import External, Local, resolve
from ops0.core.analyzer.stdlib import is_stdlib

if TYPE_CHECKING:
    from ops0.core.analyzer.reach import Reach

__all__ = ["Effects"]

_SIMPLE = (
    ast.Assign,
    ast.AnnAssign,
    ast.AugAssign,
    ast.Expr,
    ast.Delete,
    ast.Assert,
    ast.Raise,
    ast.Pass,
)


class Effects:
    """Finds the units of reached modules that change something which is reached.

    A unit without a binding that counts is kept when

    - every name that it uses is reached anyway (in a notebook: and it uses one), or
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
            for one in _candidates(module):
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
        if unit.kind == "effect" and not module.extract(unit).imports:
            names = self._names(module, unit)
            if all(self._has(module, name) for name in names) and self._may_matter(module, names):
                return True
        return any(
            self._changes_reached(module, unit, root) for root in roots(module, unit)
        ) or any(pair in self.reach.names for pair in self._changed_by_calls(module, unit))

    # names

    def _names(self, module: Module, unit: Unit) -> set[str]:
        """The names that a unit and the blocks around it use."""
        names = {read.chain[0] for read in module.extract(unit).reads if not read.via} - unit.bound
        return (
            names if unit.parent is None else names | self._names(module, module.units[unit.parent])
        )

    @staticmethod
    def _may_matter(module: Module, names: set[str]) -> bool:
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
        trial = self.reach.copy()
        trial.keep(module, unit)
        trial.drain()
        python = self.reach.project.target.python
        return all(is_stdlib(top, python) for top in trial.tops - self.reach.tops)

    # functions that change things

    def _changed_by_calls(self, module: Module, unit: Unit) -> set[tuple[str, str]]:
        """What functions of the project change that a unit calls as statements: ``configure()``."""
        changed: set[tuple[str, str]] = set()
        for call in statement_calls(unit.node):
            chain = chain_of(call.func)
            if chain is not None:
                changed |= changed_by(module, chain, set())
        return changed

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
        return any(
            call.chain[-1] == "__subclasses__"
            for _, piece, _ in self.reach.pieces()
            for call in piece.calls
        )

    # imports that do something

    def _import_has_effect(self, module: Module, unit: Unit) -> bool:
        for one in unit.imports:
            dotted = module.absolute(one)
            if dotted is None:
                continue
            full = f"{dotted}.{one.name}" if one.name else dotted
            if any(
                f"{full}.".startswith(f"{known}.") and when in self.reach.tops
                for known, when in _side_effects().items()
            ):
                return True
            if self.reach.project.is_local(dotted) and self._module_changes_reached(
                module, dotted, one.bound
            ):
                return True
        return False

    def _module_changes_reached(self, module: Module, dotted: str, bound: str) -> bool:
        """An import that nobody uses, of a module that changes reached objects: it is there to register."""
        found = self.reach.project.locate(dotted)
        if found is None or found.path is None or found.path in self.reach.kept:
            return False
        if bound in _names_read(module):
            return False
        target = self.reach.project.module(found.path)
        return any(
            one.unit.kind in ("effect", "define", "assign")
            and not runs_pipeline(target, one.unit)
            and self._changes_project_object(target, one)
            for one in _candidates(target)
        )

    def _changes_project_object(self, module: Module, candidate: Candidate) -> bool:
        unit = candidate.unit
        if unit.kind == "define":
            return self._registers(module, candidate)
        changed = (resolve(module, root) for root in roots(module, unit))
        return any(
            isinstance(found, Local) and (found.module.path, found.name) in self.reach.names
            for found in changed
        )


def _candidates(module: Module) -> tuple[Candidate, ...]:
    """The units that may be kept for what they do: found once, since no step has a say in it."""
    if module.effects is None:
        found = (
            Candidate(unit, _registered_in(module, unit)) for unit in module.units if not unit.dead
        )
        module.effects = tuple(one for one in found if _is_candidate(module, one))
    return module.effects


def _is_candidate(module: Module, candidate: Candidate) -> bool:
    unit = candidate.unit
    node = unit.node
    if unit.kind == "import":
        return True
    if unit.kind == "define":
        return bool(candidate.registers) or bool(getattr(node, "bases", None))
    if unit.kind == "block" or isinstance(node, ast.Pass):
        return False
    if isinstance(node, ast.Delete):
        # Who reads a name does not want it gone; who reads a table wants it without the item.
        return not all(isinstance(target, ast.Name) for target in node.targets)
    if unit.kind == "effect":
        return not (isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant))
    return bool(module.extract(unit).mutates) or not isinstance(node, _SIMPLE)


def _registered_in(module: Module, unit: Unit) -> frozenset[tuple[str, str]]:
    """The project's objects that a definition's decorators change, or are part of."""
    node = unit.node
    if not isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
        return frozenset()
    objects: set[tuple[str, str]] = set()
    for decorator in node.decorator_list:
        chain = chain_of(decorator.func if isinstance(decorator, ast.Call) else decorator)
        if chain is None:
            continue
        found = resolve(module, chain)
        if isinstance(found, Local) and found.unit.kind != "define":
            objects.add((found.module.path, found.name))
        objects |= changed_by(module, chain, set())
    return frozenset(objects)


def _names_read(module: Module) -> frozenset[str]:
    return frozenset(
        read.chain[0]
        for unit in module.units
        if not unit.dead
        for read in module.extract(unit).reads
    )


@lru_cache(maxsize=1)
def _side_effects() -> dict[str, str]:
    text = Path(__file__).with_name("side_effects.toml").read_text("utf-8")
    return {entry["import"]: entry["when"] for entry in tomli.loads(text)["import"]}
