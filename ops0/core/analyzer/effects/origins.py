"""Where the values of expressions come from, and what the calls in them may run."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Sequence

from ops0.core.analyzer.effects.callables import Code, Meaning
from ops0.core.analyzer.effects.doings import LocalName
from ops0.core.analyzer.effects.library_objects import changed_by
from ops0.core.analyzer.effects.outlines import CallSite, Of, Outline, Roots
from ops0.core.analyzer.syntax.conditions import chain_of
from ops0.core.analyzer.syntax.model import Imported
from ops0.core.analyzer.syntax.parts import parts_of
from ops0.core.analyzer.syntax.walking import Visitor

__all__ = ["Origins"]

_GIVE_PARTS = frozenset({"copy", "get", "items", "keys", "pop", "popitem", "setdefault", "values"})
"""Methods that give parts of their owner."""

_GIVE_ARGUMENTS = frozenset(
    {
        "cast",
        "chain",
        "copy",
        "cycle",
        "dict",
        "enumerate",
        "filter",
        "getattr",
        "islice",
        "iter",
        "list",
        "map",
        "max",
        "min",
        "next",
        "nullcontext",
        "partial",
        "reversed",
        "set",
        "sorted",
        "tuple",
        "vars",
        "zip",
    }
)
"""Functions whose results are or hold what they are given."""


class Origins(Visitor):
    """The half of the walk that reads expressions: see watching for the other.

    values: what local names may hold, as far as has been seen;  asked: those that something was found out from
    again:  whether one of these turned out later to be more: then another round finds more
    seen, at: roots and sites that are known in this round, by the syntax that they are of
    called: what has been looked at in this round as part of what is called
    decorators: the decorators of the functions that have been visited
    """

    def __init__(self, code: Code) -> None:
        self.code = code
        self.outline = Outline()
        self.names = set(code.names)
        self.globals: set[str] = set(code.scope.globals)
        self.values: dict[str, Roots] = {}
        self.asked: set[str] = set()
        self.again = False
        self.seen: dict[int, tuple[ast.AST | None, Roots]] = {}
        self.at: dict[tuple[int, Code], tuple[ast.AST, int]] = {}
        self.called: set[int] = set()
        self.decorators: set[int] = set()
        self.imports: dict[str, list[Imported]] = {}

    def forget(self) -> None:
        """Begin another round."""
        self.seen.clear()
        self.at.clear()
        self.called.clear()

    def hold(self, name: str, roots: Roots) -> None:
        """Note what a local name may hold."""
        before = self.values.get(name, 0)
        if before | roots != before:
            self.values[name] = before | roots
            self.again = self.again or name in self.asked

    # where values come from

    def roots(self, node: ast.AST | None) -> Roots:
        """What an expression's value may be, hold, or have been taken out of; found once in each round."""
        known = self.seen.get(id(node))
        if known is None:
            known = self.seen[id(node)] = (node, self._roots(node))
        return known[1]

    def _roots(self, node: ast.AST | None) -> Roots:
        match node:
            case ast.Name():
                return self._name(node.id)
            case ast.Attribute():
                chain = chain_of(node)
                if chain is not None and self.is_global(chain[0]):
                    return self.outline.bits(self.meaning(chain).cells)
                return self.roots(node.value)
            case ast.Call():
                return self._result(node)
        return self._all(_parts(node))

    def _all(self, nodes: Iterable[ast.AST | None]) -> Roots:
        found = 0
        for node in nodes:
            found |= self.roots(node)
        return found

    def _name(self, name: str) -> Roots:
        if name not in self.names:
            return self.outline.bits(self.meaning((name,)).cells)
        self.asked.add(name)
        found = self.outline.bit(LocalName(name)) | self.values.get(name, 0)
        if name in self.imports:
            found |= self.outline.bits(self.meaning((name,)).cells)
        return found

    def is_global(self, name: str) -> bool:
        """Whether a name is the module's, or stands for something imported."""
        if name not in self.names:
            return True
        self.asked.add(name)
        return name in self.imports

    def meaning(self, chain: Sequence[str]) -> Meaning:
        """What a dotted name of the module, or of an import in this function, may stand for."""
        made = self.imports.get(chain[0]) if chain[0] in self.names else None
        return self.code.meaning(tuple(chain), tuple(made or ()))

    def _result(self, node: ast.Call) -> Roots:
        found = 0
        owner = node.func.value if isinstance(node.func, ast.Attribute) else None
        callees = self._callees(node)
        for callee in callees:
            found |= self.outline.bit(Of("returned", self.site(callee, node, owner)))
            if callee.instance:
                found |= self._arguments(node)
        last = (chain_of(node.func) or ("", ""))[-1] if owner is None else node.func.attr  # type: ignore[attr-defined]
        if last in _GIVE_ARGUMENTS:
            found |= self._arguments(node)
        if owner is not None and (last in _GIVE_PARTS or callees):
            found |= self.roots(owner)
        if owner is None and not isinstance(node.func, ast.Name):
            found |= self.roots(node.func)
        if not self.code.inside and not callees:
            held = changed_by(self.code.module, node)
            found |= self._name(held) if held is not None and held not in self.names else 0
        return found

    def _arguments(self, node: ast.Call) -> Roots:
        return self._all([*node.args, *(word.value for word in node.keywords)])

    # calls

    def _callees(self, node: ast.Call) -> tuple[Code, ...]:
        chain = chain_of(node.func)
        if chain is not None and self.is_global(chain[0]):
            meant = self.meaning(chain)
            if meant.code or meant.outside:
                return meant.code
        if isinstance(node.func, ast.Attribute):
            return self.code.methods(node.func.attr)
        # ``partial(g)()``: whatever is named there.
        return () if chain is not None else self.code.named(node.func)

    def site(self, callee: Code, node: ast.Call, owner: ast.expr | None) -> int:
        """The place of a call among the outline's sites; found once in each round."""
        known = self.at.get((id(node), callee))
        if known is None:
            made = self._site(callee, node, owner)
            known = self.at[id(node), callee] = (node, self.outline.site(made))
        return known[1]

    def _site(self, callee: Code, node: ast.Call, owner: ast.expr | None) -> CallSite:
        """What each parameter of the called code is filled with; everything with everything where unpacked."""
        parameters, first = callee.parameters, 0
        if callee.method:
            first = self.outline.bits(callee.owner)
            first |= self.roots(owner) if owner is not None else 0
        if callee.open or any(isinstance(one, ast.Starred) for one in node.args):
            return CallSite(callee, (), self._arguments(node) | first)
        given: dict[str, Roots] = {}
        if (callee.method or callee.instance) and parameters:
            given[parameters[0]], parameters = first, parameters[1:]
        given |= {name: self.roots(one) for name, one in zip(parameters, node.args, strict=False)}
        for word in node.keywords:
            if word.arg is None:
                return CallSite(callee, (), self._arguments(node) | first)
            given[word.arg] = self.roots(word.value)
        return CallSite(callee, tuple((name, one) for name, one in given.items() if one), None)


def _parts(node: ast.AST | None) -> Sequence[ast.AST | None]:
    match node:
        case ast.DictComp():
            return (node.value,)
        case ast.Lambda():
            return (node.body,)
    return parts_of(node)
