"""What steps cannot do as each runs on its own: call each other as steps, and see what another sets or changes."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import islice

from ops0.core.analyzer.effects.kept_sets import KeptSets, kept_sets
from ops0.core.analyzer.pipelines.apart_objects import ANY_KEY, Change, changed_by
from ops0.core.analyzer.pipelines.apart_uses import uses_of
from ops0.core.analyzer.project.having import having
from ops0.core.analyzer.project.markers import is_marked
from ops0.core.analyzer.project.module import Module
from ops0.core.analyzer.reach.reach import Reach
from ops0.core.analyzer.syntax.model import FUNCTIONS, Cell, Extract
from ops0.core.analyzer.syntax.walking import walk
from ops0.core.arguments import part_sources
from ops0.core.pipeline import Call, CallId, FromCall, Warn, Where

__all__ = ["Globals", "Touching", "globals_of", "steps_called", "touching", "unseen_by"]


@dataclass(frozen=True, slots=True)
class Globals:
    """Names at the top of modules that one step has to do with.

    set, read: those that functions declare ``global``, and where what the step runs sets and reads them
    changed:   where it changes what others hold;  kept: the units that it keeps, in which to look for what it uses
    """

    set: Mapping[Cell, Where]
    read: Mapping[Cell, Where]
    changed: Mapping[Cell, Sequence[Change]]
    kept: KeptSets


@dataclass(frozen=True, slots=True)
class Touching:
    """Names at the top of modules, each with the steps that set or change it, in their order.

    before: by step those that have run when it begins, as it waits for what they give
    """

    set: Mapping[Cell, Sequence[str]]
    changed: Mapping[Cell, Sequence[str]]
    before: Mapping[str, frozenset[str]]

    def upstream(self, steps: Sequence[str], name: str) -> Sequence[str]:
        """Those of the steps that come before another one."""
        before = self.before.get(name, frozenset())
        return [one for one in steps if one in before]


def steps_called(reach: Reach, name: str, own: str, names: frozenset[str]) -> Iterator[Warn]:
    """Calls of other steps in what a step runs: there they are functions as any other.

    name: the step's;  own: its function's;  names: those by which the pipeline file knows its steps
    """
    for module, called, line in _steps_called(reach, names):
        if called != own:
            yield Warn(
                where=module.where(line),
                text=f"step '{name}' calls step '{called}' in its body: there that is a plain function, without "
                "a container, cache, retries or secrets of its own",
                hint=f"call '{called}' in the pipeline and hand its result to '{name}', or move what both do "
                "into a function without @ops0.step",
            )


def _steps_called(reach: Reach, names: frozenset[str]) -> Iterator[tuple[Module, str, int]]:
    """The steps that reached code calls, each with the line. Many steps keep the same units of a module."""
    for module, piece in reach.extras:
        yield from ((module, *one) for one in _called_in(module, (piece,), names))
    key = ("steps called", names)
    ask = partial(_called_by_kept, names=names)
    for (module, _), found in having(reach.project, key, kept_sets(reach), ask):
        yield from ((module, *one) for one in found)


def _called_by_kept(
    of: tuple[Module, frozenset[int]], names: frozenset[str]
) -> tuple[tuple[str, int], ...]:
    """Those of a module's kept units."""
    module, kept = of
    units = (module.units[index] for index in sorted(kept))
    pieces = (module.extract(one) for one in units if one.kind in ("define", "method"))
    key = ("steps called", kept, names)
    return module.memory.once(key, partial(_called_in, module, pieces, names))


def _called_in(
    module: Module, pieces: Iterable[Extract], names: frozenset[str]
) -> tuple[tuple[str, int], ...]:
    found = []
    for call in (call for piece in pieces for call in piece.calls):
        chain = call.chain[:-1] if call.chain[-1] == "map" else call.chain
        known = bool(chain) and chain[-1] in names and not call.via
        if known and is_marked(module, chain, "step"):
            found.append((chain[-1], call.node.lineno))
    return tuple(found)


def globals_of(reach: Reach) -> Globals:
    """What one step sets and reads of them."""
    sets: dict[Cell, Where] = {}
    read: dict[Cell, Where] = {}
    for module, declared in having(reach.project, "declared global", reach.modules(), _declared):
        for index in sorted(reach.kept[module.path]):
            unit = module.units[index]
            if unit.kind in ("define", "method"):
                for name, line in _set_in(module, unit.node):
                    sets.setdefault((module.path, name), module.where(line))
            for one in module.extract(unit).reads:
                if one.deferred and one.chain[0] in declared and not one.via:
                    read.setdefault((module.path, one.chain[0]), module.where(one.line))
    return Globals(sets, read, changed_by(reach), kept_sets(reach))


def touching(every: Mapping[str, Globals], calls: Iterable[Call]) -> Touching:
    """Which steps set or change a name, asked once for all steps.

    calls: in an order in which they could run
    """
    sets: dict[Cell, list[str]] = {}
    changed: dict[Cell, list[str]] = {}
    for name, its in every.items():
        for cell in its.set:
            sets.setdefault(cell, []).append(name)
        for cell in its.changed:
            changed.setdefault(cell, []).append(name)
    return Touching(sets, changed, _before(calls) if sets or changed else {})


def _before(calls: Iterable[Call]) -> dict[str, frozenset[str]]:
    """By step those that are upstream of it, whichever of its calls waits for them."""
    of_call: dict[CallId, frozenset[str]] = {}
    of_step: dict[str, frozenset[str]] = {}
    steps: dict[CallId, str] = {}
    for call in calls:
        given = {part.call for _, part in part_sources(call) if isinstance(part, FromCall)}
        above = frozenset(steps[one] for one in given).union(*(of_call[one] for one in given))
        of_call[call.id], steps[call.id] = above, call.step
        of_step[call.step] = of_step.get(call.step, frozenset()) | above
    return of_step


def unseen_by(name: str, every: Mapping[str, Globals], touched: Touching) -> Iterator[Warn]:
    """What a step reads that others before it set or change: it sees the value with which the module begins.

    What the step itself sets or changes too is filled by each, as by a helper of both. What is set beside it or after
    it is nothing that it could be handed.
    """
    mine = every[name]
    for cell, where in mine.read.items():
        upstream = touched.upstream(touched.set.get(cell, ()), name)
        if upstream and cell not in mine.set:
            one = upstream[0]
            does = f"sets by `global` ({every[one].set[cell]})"
            yield _unseen(name, f"reads {cell[1]}", one, does, where)
    for cell, steps in touched.changed.items():
        if cell in mine.changed or cell in mine.set:
            continue
        upstream = touched.upstream(steps, name)
        uses = uses_of(mine.kept, cell) if upstream else ()
        found = (
            (one, change.where, used)
            for one in upstream
            for change in every[one].changed[cell]
            for used, key in uses
            if ANY_KEY in (change.key, key) or change.key == key
        )
        for one, changed, used in islice(found, 1):
            yield _unseen(name, f"uses {cell[1]}", one, f"changes ({changed})", used)


def _unseen(name: str, has: str, other: str, does: str, where: Where) -> Warn:
    what = has.partition(" ")[2]
    return Warn(
        where=where,
        text=f"step '{name}' {has}, which step '{other}' {does}: "
        f"each step runs on its own and does not see what another {does.partition(' ')[0]}",
        hint=f"return {what} from '{other}' and hand it to '{name}' as a parameter",
    )


def _declared(module: Module) -> frozenset[str]:
    """The names that functions of a module declare ``global``."""

    def find() -> frozenset[str]:
        if not any(b"global" in line for line in module.parsed.lines):
            return frozenset()
        units = (one.node for one in module.units if one.kind in ("define", "method"))
        return frozenset(name for node in units for name, _ in _set_in(module, node))

    return module.memory.once("declared global", find)


def _set_in(module: Module, node: ast.AST) -> tuple[tuple[str, int], ...]:
    def find() -> tuple[tuple[str, int], ...]:
        if not isinstance(node, FUNCTIONS):
            return ()
        found = (one for one in walk(node) if isinstance(one, ast.Global))
        return tuple((name, one.lineno) for one in found for name in one.names)

    return module.memory.once(("set by global", id(node)), find)
