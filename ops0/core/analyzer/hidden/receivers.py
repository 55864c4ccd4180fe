"""What a method is called on, where the code says so: an instance of a library's class, made or annotated in sight."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from functools import cached_property

from ops0.core.analyzer.hidden.naming import call_name
from ops0.core.analyzer.project.module import Module
from ops0.core.analyzer.project.resolve import External, Local, resolve
from ops0.core.analyzer.syntax.conditions import chain_of
from ops0.core.analyzer.syntax.model import FUNCTIONS, CallUse, Extract, Unit
from ops0.core.analyzer.syntax.scopes import names_bound
from ops0.core.analyzer.syntax.stdlib import is_of_another_python

__all__ = ["Receivers"]


class Receivers:
    """The makers of what methods are called on in one piece of code.

    ``AnalyzerEngine().analyze(text)``: ``presidio_analyzer.AnalyzerEngine``. ``picture = Image.new("RGB", (3, 3))``,
    then ``picture.save(path)``: ``PIL.Image.new``. ``Chart(rows).mark_bar().save(path)``: unknown, for what a method
    gives may be of any library.

    said: what parameters are annotated with, asked once
    """

    def __init__(self, module: Module, piece: Extract, unit: Unit | None) -> None:
        self.module = module
        self.piece = piece
        self.unit = unit
        self.said: dict[str, str] = {}

    def maker(self, call: CallUse) -> str:
        """The class, or the function that stands in one, which made what the method is called on; "" if unknown."""
        func = call.node.func
        if not isinstance(func, ast.Attribute) or len(call.chain) != 2:
            return ""
        owner = func.value
        if isinstance(owner, ast.Name):
            return self._named(owner.id, call)
        return self._made(owner)

    @cached_property
    def _calls(self) -> Mapping[int, CallUse]:
        return {id(one.node): one for one in self.piece.calls}

    def _made(self, value: ast.expr) -> str:
        known = self._calls.get(id(value))
        name = call_name(self.module, known) if known is not None else None
        return _of_a_class(name or "")

    def _named(self, name: str, call: CallUse) -> str:
        scope = next((one for one in call.local if name in one), None)
        if scope is None:
            return self._at_the_top(name)
        value = scope[name]
        if isinstance(value, ast.Call):
            return self._made(value)
        if scope is not call.local[-1]:
            return ""
        if name not in self.said:
            self.said[name] = self._annotated(name)
        return self.said[name]

    def _at_the_top(self, name: str) -> str:
        found = resolve(self.module, (name,))
        if not isinstance(found, Local) or len(found.module.bindings.get(found.name, ())) != 1:
            return ""
        node = found.unit.node
        value = node.value if isinstance(node, (ast.Assign, ast.AnnAssign)) else None
        return _meant(found.module, value.func) if isinstance(value, ast.Call) else ""

    def _annotated(self, name: str) -> str:
        """What a parameter that the function never binds anew is said to be."""
        node = self.unit.node if self.unit is not None else None
        if not isinstance(node, FUNCTIONS):
            return ""
        every = (*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs)
        said = next((one.annotation for one in every if one.arg == name), None)
        if said is None or name in names_bound(node.body):
            return ""
        return _meant(self.module, said, typing=True)


def _meant(module: Module, node: ast.expr, *, typing: bool = False) -> str:
    chain = chain_of(node)
    found = resolve(module, chain, typing=typing) if chain is not None else None
    return _of_a_class(found.dotted) if isinstance(found, External) else ""


def _of_a_class(dotted: str) -> str:
    """The name where a class stands in it: what a plain function gives may be of another library.

    Nor does a class of the standard library tell: ``Any``, ``Protocol``.
    """
    parts = dotted.split(".")
    is_class = any(part[:1].isupper() for part in parts[1:])
    return dotted if parts[0] and is_class and not is_of_another_python(parts[0]) else ""
