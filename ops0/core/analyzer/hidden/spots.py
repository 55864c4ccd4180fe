"""Expressions followed to the literals behind them: through names, parameters, loops, tables and returns."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace

from ops0.core.analyzer.effects.looking import Bits
from ops0.core.analyzer.hidden.answers import Answers
from ops0.core.analyzer.hidden.discovery import found_name
from ops0.core.analyzer.hidden.elements import direct_elements
from ops0.core.analyzer.hidden.instances import attribute_values, method_named
from ops0.core.analyzer.hidden.passing import (
    function_named,
    handed_to,
    returned_by,
    signature_of,
)
from ops0.core.analyzer.hidden.said import Said
from ops0.core.analyzer.hidden.spot import Spot, sum_of
from ops0.core.analyzer.project.module import Module
from ops0.core.analyzer.project.resolve import Local, resolve
from ops0.core.analyzer.syntax.conditions import chain_of
from ops0.core.analyzer.syntax.frames import Binding, Function, bindings_in
from ops0.core.analyzer.syntax.pieces import is_split, is_unset, is_within, item_of
from ops0.core.analyzer.syntax.targets import SYS_PLATFORM

__all__ = ["Spots"]

_DEEPEST = 24
_MOST = 256
_ASKED = 2_000
"""Expressions that are looked at for one; ways that branch again and again would never end."""

Sites = Callable[[Module, Function | ast.ClassDef], Iterable[Spot]]
"""The calls of a function or class that are known, one value for the same ones: each spot's node is an ``ast.Call``."""


@dataclass
class Spots:
    """What expressions may be. What cannot be followed stands for itself, so that nothing is dropped.

    left: how many expressions may still be looked at for the question at hand;   said: see texts
    same, others: the calls of a callee that are those which it knows, and that are not, as bits: see kept_answers
    """

    sites: Sites
    answers: Answers = field(default_factory=Answers)
    left: int = _ASKED
    asking: bool = False
    same: Bits = 0
    others: Bits = 0
    said: Said = field(default_factory=Said)

    @contextmanager
    def one_question(self) -> Iterator[None]:
        """All that is asked for within counts as one question."""
        outer, self.asking = self.asking, True
        self.left = self.left if outer else _ASKED
        try:
            yield
        finally:
            self.asking = outer

    def behind(self, spot: Spot) -> list[Spot]:
        """The expressions that a spot may turn out to be: no name that could be followed further."""
        if not self.answers.depth and not self.asking:
            self.left = _ASKED
        self.left -= 1
        self.answers.outermost += not self.answers.depth
        known = self.answers.known(spot) if self.left >= 0 else None
        if known is not None:
            return known
        if self.answers.depth > _DEEPEST or self.left < 0:
            return self.answers.give_up(spot, for_good=self.left >= 0)
        return self.answers.find(spot, self._few)

    def _few(self, spot: Spot) -> list[Spot]:
        """One step from a spot; the spot itself where that leads to too many."""
        found = self._step(spot)
        return found if len(found) <= _MOST else [spot]

    def elements(self, spot: Spot) -> list[Spot] | None:
        """The items of what a spot may be, in order; None where it is no known list, tuple, set or table."""
        return self.answers.items(spot, _DEEPEST, self._elements)

    def _elements(self, spot: Spot) -> list[Spot] | None:
        found: list[Spot] = []
        for one in self.behind(spot):
            items = direct_elements(self, one)
            if items is None:
                return None
            found += items
        return found

    def calls_of(self, module: Module, callee: Function | ast.ClassDef) -> Iterable[Spot]:
        """The calls of a function or class that are known: the answer depends on them."""
        self.answers.callees |= self.answers.numbers[module, callee]
        return self.sites(module, callee)

    # one step

    def _step(self, spot: Spot) -> list[Spot]:
        node = spot.node
        if isinstance(node, ast.Name):
            return self._name(spot, node.id)
        if isinstance(node, ast.Attribute):
            return self._attribute(spot, node)
        if isinstance(node, ast.IfExp):
            verdict = spot.module.decides(spot.around)(node.test)
            parts = [node.body] * (verdict is not False) + [node.orelse] * (verdict is not True)
            return self._all(spot.at(one) for one in parts)
        if isinstance(node, ast.BoolOp) and isinstance(node.op, ast.Or):
            # Containers have no variables of the user's shell.
            return self._all(spot.at(one) for one in node.values if not is_unset(one))
        if isinstance(node, (ast.NamedExpr, ast.Await)):
            return self.behind(spot.at(node.value))
        if isinstance(node, ast.Subscript):
            return self._item(spot, node)
        if isinstance(node, ast.Call):
            return self._call(spot, node)
        return [spot]

    def _all(self, spots: Iterable[Spot]) -> list[Spot]:
        return [found for one in spots for found in self.behind(one)]

    # names

    def _name(self, spot: Spot, name: str) -> list[Spot]:
        for depth in range(len(spot.around), 0, -1):
            owner = spot.around[depth - 1]
            if isinstance(owner, ast.ClassDef) and depth != len(spot.around):
                continue
            here = replace(spot, around=spot.around[:depth])
            bound = self._table(spot.module, owner).get(name, [])
            found: list[Spot] = []
            if (
                not isinstance(owner, ast.ClassDef)
                and name in signature_of(spot.module, owner).defaults
            ):
                found = self._parameter(here, owner, name)
            if found or bound:
                return self._bound(here, bound, found)
        return self._global(spot, (name,))

    def _global(self, spot: Spot, chain: tuple[str, ...]) -> list[Spot]:
        found = resolve(spot.module, chain)
        if found is None and len(chain) == 1 and chain[0] not in spot.module.bindings:
            # The target of a comprehension at the top of the file.
            bound = self._table(spot.module, spot.module.parsed.tree).get(chain[0])
            return self._bound(replace(spot, around=()), bound) if bound else [spot]
        if not isinstance(found, Local) or found.rest or found.unit.kind == "define":
            return [spot]
        bound = self._table(found.module, found.module.parsed.tree).get(found.name)
        place = replace(spot, module=found.module, around=())
        return self._bound(place, bound) if bound else [spot]

    @staticmethod
    def _table(
        module: Module, owner: Function | ast.ClassDef | ast.Module
    ) -> dict[str, list[Binding]]:
        key = ("bindings", id(owner))  # the syntax of a module lives as long as its memory
        around = () if isinstance(owner, ast.Module) else (*module.around.get(id(owner), ()), owner)
        return module.memory.once(key, lambda: bindings_in(owner.body, module.decides(around)))

    def _bound(self, spot: Spot, bindings: list[Binding], given: Sequence[Spot] = ()) -> list[Spot]:
        """Every value that a name gets, ``given`` first; each with all that is added to it later."""
        grown = [one.node for one in bindings if one.kind == "add" and one.node is not None]
        found = list(given)
        for binding in bindings:
            if binding.node is not None and is_within(spot.node, binding.node):
                continue  # `cmd = split(cmd)`: what it was before
            if binding.kind == "unknown" or binding.node is None:
                found.append(spot)
            elif binding.kind != "add":
                found += self._value(spot.at(binding.node), binding)
        if not grown:
            return found
        return [sum_of(one, [spot.at(more) for more in grown]) for one in found]

    def _value(self, spot: Spot, binding: Binding) -> list[Spot]:
        if binding.kind == "element":
            found = self.elements(spot)
            values = [spot] if found is None else found
        else:
            values = self.behind(spot)
        for index in binding.path:
            values = [inner for one in values for inner in self._at(one, index)]
        return self._all(values) if binding.path or binding.kind == "element" else values

    def _at(self, spot: Spot, index: int) -> list[Spot]:
        """The item of a literal tuple or list; the spot itself where it has none that is known."""
        found: list[Spot] = []
        for one in self.behind(spot):
            items = direct_elements(self, one)
            if items is not None and index < len(items):
                found.append(items[index])
            elif is_split(one.node):
                found.append(one.at(item_of(one.node, index)))
            else:
                found.append(one)
        return found

    # parameters

    def _parameter(self, spot: Spot, owner: Function, name: str) -> list[Spot]:
        default = signature_of(spot.module, owner).defaults[name]
        method = len(spot.around) > 1 and isinstance(spot.around[-2], ast.ClassDef)
        outside = replace(spot, around=spot.around[:-1])
        found: list[Spot] = []
        sites = self.calls_of(spot.module, owner)
        for given in handed_to(spot.module, owner, name, sites, method=method):
            if given is not None:
                found += self.behind(given)
            elif default is not None:
                found += self.behind(outside.at(default))
            else:
                found.append(spot)
        if not found and default is not None:
            found = self.behind(outside.at(default))
        return found or [spot]

    # attributes, tables, calls

    def _attribute(self, spot: Spot, node: ast.Attribute) -> list[Spot]:
        chain = chain_of(node)
        modules = found_name(spot, self.behind)
        if modules:
            return modules
        if chain == ("sys", "platform"):
            return [spot.at(ast.copy_location(ast.Constant(value=SYS_PLATFORM), node))]
        owner = node.value
        member = (
            spot.at(owner) if node.attr == "value" and isinstance(owner, ast.Attribute) else None
        )
        values = attribute_values(self, spot) or (attribute_values(self, member) if member else [])
        if values:  # `.value`: of a member of an Enum
            return self._all(values)
        return self._global(spot, chain) if chain is not None else [spot]

    def _item(self, spot: Spot, node: ast.Subscript) -> list[Spot]:
        """``TABLE[key]``: the value of a known key, else every value."""
        found: list[Spot] = []
        for owner in self.behind(spot.at(node.value)):
            if isinstance(owner.node, ast.Dict):
                found += self._looked_up(owner, spot.at(node.slice))
            elif isinstance(node.slice, ast.Slice):
                return [spot]
            else:
                items = direct_elements(self, owner)
                if items is None:
                    return [spot]
                index = node.slice.value if isinstance(node.slice, ast.Constant) else None
                fits = isinstance(index, int) and -len(items) <= index < len(items)
                found += [items[index]] if fits and isinstance(index, int) else items
        return self._all(found)

    def _looked_up(self, owner: Spot, key: Spot) -> list[Spot]:
        table = owner.node
        assert isinstance(table, ast.Dict)  # noqa: S101 - asked by the callers
        keys = [one.node for one in self.behind(key)]
        known = [one.value for one in keys if isinstance(one, ast.Constant)]
        fitting = [
            value
            for name, value in zip(table.keys, table.values, strict=True)
            if isinstance(name, ast.Constant) and name.value in known
        ]
        certain = len(known) == len(keys) and fitting
        return [owner.at(value) for value in (fitting if certain else table.values)]

    def _call(self, spot: Spot, node: ast.Call) -> list[Spot]:
        """``TABLE.get(key, default)``, ``dict(a=1)``, and what a function of the project returns."""
        func = node.func
        if isinstance(func, ast.Name) and func.id == "dict" and node.keywords and not node.args:
            names = [ast.copy_location(ast.Constant(value=one.arg), node) for one in node.keywords]
            table = ast.Dict([*names], [one.value for one in node.keywords])
            return [spot.at(ast.copy_location(table, node))]
        if isinstance(func, ast.Attribute) and func.attr in ("get", "pop") and node.args:
            tables = self.behind(spot.at(func.value))
            if tables and all(isinstance(one.node, ast.Dict) for one in tables):
                wanted = spot.at(node.args[0])
                found = [value for one in tables for value in self._looked_up(one, wanted)]
                return self._all([*found, *(spot.at(one) for one in node.args[1:2])])
        chain = chain_of(func)
        found_function = function_named(spot, chain) if chain is not None else None
        if found_function is None and isinstance(func, ast.Attribute):
            found_function = method_named(self, spot.at(func.value), func.attr)
        if found_function is None:
            return [spot]
        module, around = found_function
        owner = around[-1]
        key = ("returned", id(owner))
        returned = module.memory.once(key, lambda: tuple(returned_by(owner)))
        return self._all(Spot(module, value, around) for value in returned) or [spot]
