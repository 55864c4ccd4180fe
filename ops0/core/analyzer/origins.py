"""Where the values of expressions come from, and what the calls in them may run."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Sequence

from ops0.core.analyzer.callables import Code, Meaning
from ops0.core.analyzer.conditions import chain_of
from ops0.core.analyzer.doings import Doings, Known, Local, Root
from ops0.core.analyzer.model import Imported
from ops0.core.analyzer.walking import Visitor

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

    values: what local names may hold, as far as has been seen;  seen: roots that are known in this round
    """

    def __init__(self, code: Code, known: Known) -> None:
        self.code, self.known = code, known
        self.doings = Doings()
        self.names = set(code.names)
        self.globals: set[str] = set(code.globals)
        self.values: dict[str, set[Root]] = {}
        self.seen: dict[int, tuple[ast.AST | None, set[Root]]] = {}
        self.imports: dict[str, list[Imported]] = {}

    # where values come from

    def roots(self, node: ast.AST | None) -> set[Root]:
        """What an expression's value may be, hold, or have been taken out of; found once in each round."""
        known = self.seen.get(id(node))
        if known is None:
            known = self.seen[id(node)] = (node, self._roots(node))
        return known[1]

    def _roots(self, node: ast.AST | None) -> set[Root]:
        match node:
            case ast.Name():
                return self._name(node.id)
            case ast.Attribute():
                chain = chain_of(node)
                if chain is not None and self.is_global(chain[0]):
                    return set(self.meaning(chain).cells)
                return self.roots(node.value)
            case ast.Call():
                return self._result(node)
        return self._all(_parts(node))

    def _all(self, nodes: Iterable[ast.AST | None]) -> set[Root]:
        return {root for node in nodes for root in self.roots(node)}

    def _name(self, name: str) -> set[Root]:
        if name in self.names:
            found = {Local(name), *self.values.get(name, ())}
            return found | self.meaning((name,)).cells if name in self.imports else found
        return set(self.meaning((name,)).cells)

    def is_global(self, name: str) -> bool:
        """Whether a name is the module's, or stands for something imported."""
        return name not in self.names or name in self.imports

    def meaning(self, chain: Sequence[str]) -> Meaning:
        """What a dotted name of the module, or of an import in this function, may stand for."""
        made = self.imports.get(chain[0]) if chain[0] in self.names else None
        return self.code.meaning(tuple(chain), tuple(made or ()))

    def _result(self, node: ast.Call) -> set[Root]:
        found: set[Root] = set()
        owner = node.func.value if isinstance(node.func, ast.Attribute) else None
        for callee in self._callees(node):
            given = self._given(callee, node, owner)
            for root in self.known(callee).returned:
                found |= given.get(root.name, set()) if isinstance(root, Local) else {root}
            if callee.instance:
                found |= self._arguments(node)
        last = (chain_of(node.func) or ("", ""))[-1] if owner is None else node.func.attr  # type: ignore[attr-defined]
        if last in _GIVE_ARGUMENTS:
            found |= self._arguments(node)
        if owner is not None and (last in _GIVE_PARTS or self._callees(node)):
            found |= self.roots(owner)
        if owner is None and not isinstance(node.func, ast.Name):
            found |= self.roots(node.func)
        return found

    def _arguments(self, node: ast.Call) -> set[Root]:
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

    def _given(self, callee: Code, node: ast.Call, owner: ast.expr | None) -> dict[str, set[Root]]:
        """What each parameter of the called code is filled with; everything with everything where unpacked."""
        parameters, first = callee.parameters, set[Root]()
        if callee.method:
            first = {*callee.owner, *(self.roots(owner) if owner is not None else ())}
        if callee.open or any(isinstance(one, ast.Starred) for one in node.args):
            return dict.fromkeys(callee.names, self._arguments(node) | first)
        given: dict[str, set[Root]] = {}
        if (callee.method or callee.instance) and parameters:
            given[parameters[0]], parameters = first, parameters[1:]
        given |= {name: self.roots(one) for name, one in zip(parameters, node.args, strict=False)}
        for word in node.keywords:
            if word.arg is None:
                return dict.fromkeys(callee.names, self._arguments(node) | first)
            given[word.arg] = self.roots(word.value)
        return given


def _parts(node: ast.AST | None) -> Sequence[ast.AST | None]:
    """The parts of an expression that its value may be, or hold."""
    match node:
        case ast.Subscript() | ast.Starred() | ast.Await() | ast.NamedExpr() | ast.DictComp():
            return (node.value,)
        case ast.IfExp():
            return (node.body, node.orelse)
        case ast.BoolOp() | ast.Dict():
            return node.values
        case ast.Tuple() | ast.List() | ast.Set():
            return node.elts
        case ast.ListComp() | ast.SetComp() | ast.GeneratorExp():
            return (node.elt,)
        case ast.Lambda():
            return (node.body,)
    return ()
