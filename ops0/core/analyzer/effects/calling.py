"""Calls in code that is read as if it were executed: what they run, change, and hand on to be called."""

from __future__ import annotations

import ast
from collections.abc import Collection, Iterable

from ops0.core.analyzer.effects.doings import CHANGE_FIRST, CHANGE_OWNER, LocalName
from ops0.core.analyzer.effects.elsewhere import side_effects
from ops0.core.analyzer.effects.invoked import functions_behind
from ops0.core.analyzer.effects.library_objects import changed_by, handed_to
from ops0.core.analyzer.effects.origins import Origins
from ops0.core.analyzer.effects.outlines import But, Of, Roots
from ops0.core.analyzer.syntax.conditions import chain_of
from ops0.core.analyzer.syntax.model import Cell
from ops0.core.analyzer.syntax.walking import children

__all__ = ["Calls"]

_STATEFUL = ("random.", "numpy.random.")
"""Libraries where every call changes what the next one gives."""

_CALL_NOTHING = frozenset(
    {
        "cache",
        "callable",
        "cast",
        "getattr",
        "hasattr",
        "id",
        "isinstance",
        "issubclass",
        "len",
        "lru_cache",
        "partial",
        "print",
        "repr",
        "setattr",
        "str",
        "super",
        "type",
        "update_wrapper",
        "wraps",
    }
)
"""Functions of Python and its library that call none of the functions that they are given."""


class Calls(Origins):
    """The part of the walk that reads calls: see watching for the whole."""

    def leave_functions(self) -> None:
        """Of the names that may be called as values, leave those that are functions: most are data."""
        outline, world = self.outline, self.code.world
        for at, element in enumerate(outline.elements) if outline.invoked else ():
            if isinstance(element, (Of, But, LocalName)) or not outline.invoked >> at & 1:
                continue
            if not functions_behind(world, element):
                outline.invoked ^= 1 << at

    def visit_Call(self, node: ast.Call) -> None:
        """A call; whoever is not known to be code of the project may call the functions that it is given."""
        self.call(node)
        chain = chain_of(node.func)
        meant = self.meaning(chain) if chain and self.is_global(chain[0]) else None
        if (meant and meant.code and not meant.outside) or (chain and chain[-1] in _CALL_NOTHING):
            return
        if meant and meant.outside and not meant.code and all(map(_calls_later, meant.outside)):
            return
        for one in (*node.args, *(word.value for word in node.keywords)):
            self.outline.invoked |= self.roots(one)
            if isinstance(one, ast.Attribute):  # ``Thread(target=worker.run)``
                for callee in self.code.methods(one.attr):
                    called = ast.copy_location(ast.Call(one, [], []), node)
                    self._run(self.site(callee, called, one.value), called)

    def call(self, node: ast.Call) -> None:
        """What is called, and what that does with what it is given."""
        self.generic_visit(node)
        owner = node.func.value if isinstance(node.func, ast.Attribute) else None
        last = chain[-1] if (chain := chain_of(node.func)) else getattr(node.func, "attr", "")
        callees = self._callees(node)
        self._restless(node.func)
        for callee in callees:
            self._run(self.site(callee, node, owner), node)
        if owner is not None and last in CHANGE_OWNER:
            self._change(self.roots(owner), self._arguments(node))
        if last in CHANGE_FIRST and node.args:
            self._change(self.roots(node.args[0]), self._arguments(node))
        outside = (
            self.meaning(chain).outside if chain and self.is_global(chain[0]) else frozenset[str]()
        )
        self.outline.libraries.update(one for one in outside if one.startswith(_STATEFUL))
        # Who returns ``load_dotenv(path)`` has called it for what it does all the same.
        self.outline.called.update(side_effects().calls.keys() & outside)
        if owner is None and chain is not None and chain[0] in self.names and not callees:
            self.outline.handed |= self._arguments(node)  # a function that was handed in
        if owner is None and not callees and chain is not None and not outside:
            self._call_value(chain[0])
        if not self.code.inside and not callees:
            self._change_library_object(node, outside)

    def _change_library_object(self, node: ast.Call, outside: Collection[str]) -> None:
        """At the top of a module, also where the result is taken: ``found = config.read("app.ini")``."""
        name = changed_by(self.code.module, node) if not outside else None
        if name is not None and name not in self.names:
            self._change(self._name(name), self._arguments(node))
        decorates = id(node) in self.decorators
        for one in handed_to(self.code.module, node, outside, decorates=decorates):
            if one not in self.names:
                self.outline.handed |= self._name(one)

    def _restless(self, func: ast.expr) -> None:
        """What changes by being called, also in ``partial(step)()``. In ``a().b().c()`` each part is looked at once."""
        pending: list[ast.AST] = [func]
        while pending:
            inner = pending.pop()
            if id(inner) in self.called:
                continue
            self.called.add(id(inner))
            pending += children(inner)
            chain = chain_of(inner)
            if chain is not None and self.is_global(chain[0]):
                self._changes(self.meaning(chain).restless)

    def _call_value(self, name: str) -> None:
        """``step = counter()`` and then ``step()``: a closure keeps what it counts."""
        if name in self.names:
            self.asked.add(name)
            self.outline.changed |= self.outline.without(self.values.get(name, 0), name)
            self.outline.invoked |= self._name(name)
        else:
            self._changes(self.meaning((name,)).closures)
            self.outline.invoked |= self.values.get(name, 0)

    def _run(self, site: int, node: ast.Call) -> None:
        changed = self.outline.bit(Of("changed", site))
        self._change(changed, self._arguments(node))
        self.outline.handed |= self.outline.bit(Of("handed", site))
        self.outline.invoked |= self.outline.bit(Of("invoked", site))
        chain = chain_of(node.func)
        named = chain is not None and self.is_global(chain[0])
        closures = self.meaning(chain).closures if chain is not None and named else frozenset()
        self.outline.run[self.outline.sites[site].callee, closures] = None

    def _changes(self, cells: Iterable[Cell]) -> None:
        self.outline.changed |= self.outline.bits(cells)

    def _change(self, roots: Roots, stored: Roots = 0) -> None:
        self.outline.changed |= roots
        self._store(roots, stored)

    def _store(self, holders: Roots, held: Roots) -> None:
        """Note what may be or hold what. Of a function nobody asks."""
        if holders and held and not self.code.inside:
            self.outline.held.append((holders, held))


def _calls_later(dotted: str) -> bool:
    """Whether what a library's function is handed runs in its own time, if at all."""
    return f"{dotted}.".startswith(side_effects().later)
