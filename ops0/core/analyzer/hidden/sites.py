"""Who calls a function of the project: the calls in the code that is reached, so that arguments are known."""

from __future__ import annotations

import ast
import itertools
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property, partial

from ops0.core.analyzer.effects.kept_sets import kept_sets
from ops0.core.analyzer.hidden.spot import Spot
from ops0.core.analyzer.project.having import having
from ops0.core.analyzer.project.module import Module
from ops0.core.analyzer.project.resolve import Local, foreign_name, resolve, resolve_import
from ops0.core.analyzer.reach.reach import Reach
from ops0.core.analyzer.syntax.conditions import chain_of
from ops0.core.analyzer.syntax.frames import Function
from ops0.core.analyzer.syntax.handed import handed_calls
from ops0.core.analyzer.syntax.model import CallUse, Extract

__all__ = ["CallSites"]

ByName = Mapping[str, Sequence[CallUse]]
Asked = Function | ast.ClassDef
_Calls = tuple[Module, Sequence[CallUse]]
Foreign = tuple[tuple[CallUse, "str | None"], ...]


class CallSites:
    """The calls of one reach, by the last part of the called name."""

    def __init__(self, reach: Reach) -> None:
        self._reach = reach
        self._alone = [(module, _by_name(module, (piece,))) for module, piece in reach.extras]
        self._kept = kept_sets(reach)
        self._known: dict[int, Sequence[Spot]] = {}

    @cached_property
    def _by_path(self) -> Mapping[str, tuple[Module, ByName]]:
        """The calls of the kept units, by the path of their module."""
        return {
            module.path: (module, _by_name_of_kept(module, kept)) for module, kept in self._kept
        }

    def _named(self, name: str) -> list[_Calls]:
        """The calls of a name, module by module."""
        tables = self._by_path
        found = [(module, table[name]) for module, table in self._alone if name in table]
        calling: set[str] = self._reach.project.calling.get(name, set())
        for path in sorted(tables.keys() & calling):
            module, table = tables[path]
            if name in table:
                found.append((module, table[name]))
        return found

    def foreign(self, names: frozenset[str]) -> Iterator[tuple[Module, CallUse, str | None]]:
        """The calls whose last part, or that of what they mean outside the project, is one of these names.

        With what they mean: see foreign_name.
        """
        for module, table in self._alone:
            for call, name in _foreign(module, table, names):
                yield module, call, name
        ask = partial(_foreign_of_kept, names=names)
        found = having(self._reach.project, ("foreign", names), self._kept, ask)
        for (module, _), calls in found:
            for call, name in calls:
                yield module, call, name

    def below(self, starts: tuple[str, ...]) -> Iterator[tuple[Module, CallUse]]:
        """The calls in modules that import one of these: ``sh.`` for ``import sh`` and ``from sh import git``."""
        tops = {one.partition(".")[0] for one in starts}
        if not tops & self._reach.tops:
            return
        for module, table in (*self._alone, *self._by_path.values()):
            for calls in table.values():
                yield from ((module, call) for call in calls)

    def of(self, module: Module, function: Asked) -> Sequence[Spot]:
        """The calls of a function or class of that module: one value for all steps that know the same ones."""
        known = self._known.get(id(function))
        if known is None:
            known = self._known[id(function)] = self._calls_of(module, function)
        return known

    def _calls_of(self, module: Module, function: Asked) -> Sequence[Spot]:
        """Looked for once for all steps that know the same calls of that name."""
        asked = _asked(module, function)
        nested = _nested_in(module, asked) if not isinstance(asked, ast.ClassDef) else None
        if nested is not None:
            return _calls_inside(module, nested, asked.name)
        named = self._named(asked.name)
        # The sequences of the kept units' calls live as long as their modules' memories.
        key = ("calls of", id(function), tuple([id(calls) for _, calls in named]))
        if not any(asked.name in table for _, table in self._alone):
            return module.memory.once(key, lambda: self._meant(module, function, asked, named))
        return self._meant(module, function, asked, named)

    def _meant(
        self, module: Module, function: Asked, asked: Asked, named: Sequence[_Calls]
    ) -> Sequence[Spot]:
        """Those of some calls of its name that may be calls of it: one value for the same calls.

        asked: what calls name
        """
        is_method = id(asked) not in _at_the_top(module)
        alone = sum(asked.name in table for _, table in self._alone)
        parts = [_meaning(*one, asked, is_method=is_method) for one in named[:alone]]
        for there, calls in named[alone:]:
            key = ("meaning", id(calls), id(asked))
            find = partial(_meaning, there, calls, asked, is_method=is_method)
            parts.append(there.memory.once(key, find))
        found = tuple(itertools.chain.from_iterable(parts))
        same = ("same calls of", id(function), tuple([id(one.node) for one in found]))
        return module.memory.once(same, lambda: found)


def _asked(module: Module, function: Asked) -> Asked:
    """What calls name: for an ``__init__`` its class."""
    around = module.around.get(id(function), ())
    if function.name == "__init__" and around and isinstance(around[-1], ast.ClassDef):
        return around[-1]
    return function


def _meaning(
    there: Module, calls: Iterable[CallUse], asked: Asked, *, is_method: bool
) -> tuple[Spot, ...]:
    """Those of a module's calls of a name that may be calls of a function or class."""
    return tuple(
        Spot(there, call.node, there.around.get(id(call.node), ()))
        for call in calls
        if (
            _makes(there, call, asked)
            if isinstance(asked, ast.ClassDef)
            else _means(there, call, asked, is_method=is_method)
        )
    )


def _makes(module: Module, call: CallUse, owner: ast.ClassDef) -> bool:
    """Whether a call makes an instance of a class: it is a call of its ``__init__``."""
    found = resolve(module, call.chain) if call.chain[0] and not call.via else None
    return isinstance(found, Local) and found.unit.node is owner


def _by_name(module: Module, pieces: Iterable[Extract]) -> ByName:
    """The calls of some code, by the last part of the called name."""
    found: dict[str, list[CallUse]] = defaultdict(list)
    for piece in pieces:
        for call in piece.calls:
            for one in (call, *_handed(module, call)):
                found[one.chain[-1]].append(one)
    return dict(found)


def _by_name_of_kept(module: Module, kept: frozenset[int]) -> ByName:
    """Those of a module's kept units. Many steps keep the same ones of a module."""

    def find() -> ByName:
        found = _by_name(module, (module.extract(module.units[index]) for index in sorted(kept)))
        for name in found:
            module.project.calling[name].add(module.path)
        return {name: _one_of(module, calls) for name, calls in found.items()}

    return module.memory.once(("calls", kept), find)


def _one_of(module: Module, calls: Sequence[CallUse]) -> Sequence[CallUse]:
    """One sequence for the same calls, whatever else is kept beside them."""
    key = ("same calls", tuple([id(one) for one in calls]))
    return module.memory.once(key, lambda: tuple(calls))


def _foreign(module: Module, table: ByName, names: frozenset[str]) -> Foreign:
    found = []
    for last, calls in table.items():
        for call in calls:
            if last in names or (len(call.chain) == 1 and call.chain[0]):
                name = foreign_name(module, call)
                if last in names or (name is not None and name.rpartition(".")[2] in names):
                    found.append((call, name))
    return tuple(found)


def _foreign_of_kept(of: tuple[Module, frozenset[int]], names: frozenset[str]) -> Foreign:
    module, kept = of
    return module.memory.once(
        ("foreign", kept, names),
        lambda: _foreign(module, _by_name_of_kept(module, kept), names),
    )


def _handed(module: Module, use: CallUse) -> tuple[CallUse, ...]:
    """The calls that a call makes of functions that it is handed, in its own place."""
    key = id(use.node)
    if key not in module.handed:
        made = tuple(handed_calls(use.node))
        if made:
            module.around.update((id(one), module.around.get(key, ())) for one in made)
        chains = ((chain_of(one.func), one) for one in made)
        module.handed[key] = tuple(CallUse(chain, (), one) for chain, one in chains if chain)
    return module.handed[key]


def _means(module: Module, call: CallUse, function: Function, *, is_method: bool) -> bool:
    """Whether a call may be one of that function; a method is known by its name alone."""
    if not call.chain[0]:
        return is_method and len(call.chain) == 2
    if call.via:
        found = [resolve_import(module, one, call.chain[1:]) for one in call.via]
    else:
        found = [resolve(module, call.chain)]
    local = next((one for one in found if isinstance(one, Local)), None)
    if local is None:
        return False
    return local.rest == (function.name,) if is_method else local.unit.node is function


def _calls_inside(module: Module, around: Function, name: str) -> tuple[Spot, ...]:
    """The calls of a name inside a function: the same for every step."""

    def find() -> tuple[Spot, ...]:
        calls = (one for one in ast.walk(around) if isinstance(one, ast.Call))
        named = (one for one in calls if _is_name(one.func, name))
        return tuple(Spot(module, one, module.around.get(id(one), ())) for one in named)

    return module.memory.once(("calls inside", around, name), find)


def _at_the_top(module: Module) -> frozenset[int]:
    """The ids of the definitions at the top of a module."""
    return module.memory.once(
        "at the top",
        lambda: frozenset(id(one.node) for one in module.units if one.kind != "method"),
    )


def _nested_in(module: Module, function: Function) -> Function | None:
    """The function around a function, which alone can call it by its name."""
    around = module.around.get(id(function), ())
    return around[-1] if around and not isinstance(around[-1], ast.ClassDef) else None


def _is_name(node: ast.expr, name: str) -> bool:
    return isinstance(node, ast.Name) and node.id == name
