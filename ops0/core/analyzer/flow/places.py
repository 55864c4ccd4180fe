"""Where code stands, and what a name or a called expression means there."""

from __future__ import annotations

import ast
from dataclasses import dataclass, field

from ops0.core.analyzer.flow.bodies import (
    Body,
    Definition,
    Function,
    body_of,
    module_body,
    parameters,
)
from ops0.core.analyzer.project.module import Module
from ops0.core.analyzer.project.resolve import (
    External,
    Local,
    choices,
    meant_by_trial,
    resolve,
    resolve_import,
)
from ops0.core.analyzer.reach.functions import Path
from ops0.core.analyzer.syntax.conditions import chain_of
from ops0.core.analyzer.syntax.model import DEFINITIONS, FUNCTIONS, Chain

__all__ = ["Callee", "Place", "Places"]

INVOKERS = frozenset(
    {"__call__", "apply_async", "delay", "expand", "fn", "for_each", "func", "local", "map", "remote", "remote_gen",
     "run", "s", "send", "si", "spawn", "spawn_map", "starmap", "submit"}
)  # fmt: skip
"""Methods of task frameworks that call the function which they hang on."""

_CONFIGURERS = frozenset({"options", "override", "partial", "with_options", "set", "bind"})
"""Those that give the function back with other settings."""

_WRAPPERS = frozenset({"cache", "delayed", "partial", "task", "flow", "wraps", "remote", "retry"})
"""Functions whose result is called as the function that they are given."""


@dataclass(frozen=True, slots=True)
class Place:
    """A function of a module with the definitions around it; ``path`` is () for the top of the module."""

    module: Module
    path: Path = ()

    def inside(self, node: Definition) -> Place:
        """The place inside a definition that stands here."""
        return Place(self.module, (*self.path, node))

    @property
    def owner(self) -> ast.ClassDef | None:
        """The class whose method this is."""
        found = self.path[-2] if len(self.path) > 1 else None
        return found if isinstance(found, ast.ClassDef) else None


@dataclass(frozen=True, slots=True)
class Callee:
    """A function or class of the project that is called. ``place`` is inside it; bound: ``self`` is given already."""

    place: Place
    bound: bool = False

    @property
    def node(self) -> Definition:
        """Its definition."""
        return self.place.path[-1]


@dataclass
class Places:
    """What names mean, looked up on demand. Bodies are read once."""

    bodies: dict[int, Body] = field(default_factory=dict)

    def body(self, place: Place) -> Body:
        """What the statements at a place bind."""
        node = place.path[-1] if place.path else place.module.parsed.tree
        if id(node) not in self.bodies:
            if isinstance(node, ast.ClassDef):
                read = module_body(ast.Module(node.body, []))
            else:
                read = module_body(node) if isinstance(node, ast.Module) else body_of(node)
            self.bodies[id(node)] = read
        return self.bodies[id(node)]

    def owner_of(self, name: str, place: Place) -> Place | None:
        """The innermost function around that binds a name; None where it is the module's."""
        for depth in range(len(place.path), 0, -1):
            here = Place(place.module, place.path[:depth])
            node = here.path[-1]
            if isinstance(node, ast.ClassDef):
                continue
            body = self.body(here)
            if name in body.outside:
                continue
            named = name in body.names and self._binds(body, name, here)
            bound = named or name in body.imports or name in body.inner
            if bound or any(one.arg == name for one in parameters(node)):
                return here
        return None

    @staticmethod
    def _binds(body: Body, name: str, place: Place) -> bool:
        """Whether a function binds a name, or puts something into what is no module: not by ``pd.options.x = 1``."""
        for one in body.names[name]:
            if one.how != "inside":
                return True
        units = place.module.bindings.get(name, ())
        return not (units and all(one.imports for one in units))

    def outside(self, chain: Chain, place: Place) -> str | None:
        """The dotted name of a library that a chain means; None where it is something else."""
        owner = self.owner_of(chain[0], place)
        if owner is None:
            found = resolve(place.module, chain)
            return found.dotted if isinstance(found, External) else None
        for one in self.body(owner).imports.get(chain[0], ()):
            found = resolve_import(place.module, one, chain[1:])
            if isinstance(found, External):
                return found.dotted
        return None

    def choices(self, chain: Chain, place: Place) -> dict[str, bool]:
        """What it may mean where a ``try`` imports it from one of several: see meant_by_trial."""
        owner = self.owner_of(chain[0], place)
        if owner is None:
            return meant_by_trial(place.module, chain)
        return choices(place.module, self.body(owner).imports.get(chain[0], ()), chain)

    def local(self, chain: Chain, place: Place) -> Local | None:
        """The top-level name of the project that a chain leads to."""
        owner = self.owner_of(chain[0], place)
        if owner is None:
            found = resolve(place.module, chain)
            return found if isinstance(found, Local) else None
        for one in self.body(owner).imports.get(chain[0], ()):
            found = resolve_import(place.module, one, chain[1:])
            if isinstance(found, Local):
                return found
        return None

    def callee(self, node: ast.expr, place: Place) -> Callee | None:
        """The definition of the project that calling an expression calls."""
        if isinstance(node, ast.Call):
            return self._wrapped(node, place)
        chain = chain_of(node)
        if chain is None:
            return self._invoked(node, place)
        owner = self.owner_of(chain[0], place)
        if owner is not None and chain[0] in self.body(owner).inner:
            return _member(Callee(owner.inside(self.body(owner).inner[chain[0]])), chain[1:])
        if owner is not None and is_self(chain[0], owner):
            return _of_self(owner, chain)
        if owner is not None and chain[0] in self.body(owner).names:
            return self._bound_to(chain, node, owner)
        found = self.local(chain, place)
        if found is None or not isinstance(found.unit.node, DEFINITIONS):
            return None
        return _member(Callee(Place(found.module, (found.unit.node,))), found.rest)

    def _bound_to(self, chain: Chain, node: ast.expr, owner: Place) -> Callee | None:
        """``far`` and ``far.remote`` after ``far = ray.remote(f)``: f, where the name is bound once and before."""
        bound = self.body(owner).names[chain[0]]
        wrapped = bound[0].node
        if len(bound) > 1 or bound[0].how != "is" or not isinstance(wrapped, ast.Call):
            return None
        if (chain_of(wrapped.func) or ("",))[-1] == "partial":  # it is called with what is left
            return None
        if (wrapped.end_lineno, wrapped.end_col_offset) > (node.lineno, node.col_offset):
            return None  # so that circles end
        found = self._wrapped(wrapped, owner)
        return None if found is None else _member(found, chain[1:])

    def _invoked(self, node: ast.expr, place: Place) -> Callee | None:
        """``f.options(...).remote``."""
        if not isinstance(node, ast.Attribute) or not isinstance(node.value, ast.Call):
            return None
        inner = node.value.func
        if isinstance(inner, ast.Attribute) and inner.attr in _CONFIGURERS:
            found = self.callee(inner.value, place)
            if found is not None and node.attr in INVOKERS:
                return found
        return None

    def _wrapped(self, node: ast.Call, place: Place) -> Callee | None:
        """``delayed(f)`` and its like, called again."""
        func = node.func
        name = func.attr if isinstance(func, ast.Attribute) else (chain_of(func) or ("",))[-1]
        if name in _WRAPPERS and node.args:
            return self.callee(node.args[0], place)
        if isinstance(node.func, ast.Attribute) and node.func.attr in _CONFIGURERS:
            return self.callee(node.func.value, place)
        return None


def is_self(name: str, place: Place) -> bool:
    """Whether a name is the first parameter of the method at a place."""
    node = place.path[-1]
    if place.owner is None or isinstance(node, ast.ClassDef):
        return False
    first = next(iter((*node.args.posonlyargs, *node.args.args)), None)
    static = any((chain_of(one) or ("",))[-1] == "staticmethod" for one in node.decorator_list)
    return first is not None and first.arg == name and not static


def _of_self(method: Place, chain: Chain) -> Callee | None:
    """What ``self.name(...)`` calls in a method, and ``cls(...)`` in a class method: the class."""
    of_class = Place(method.module, method.path[:-1])
    if chain[1:] == ("__class__",) or (len(chain) == 1 and _is_class_method(method.path[-1])):
        return Callee(of_class)
    return method_of(of_class, chain[1]) if len(chain) == 2 else None


def method_of(owner: Place, name: str) -> Callee | None:
    """A method of the class at a place, with ``self`` given; its bases in the same module too."""
    pending, seen = [owner], set[int]()
    while pending:
        here = pending.pop(0)
        node = here.path[-1]
        if not isinstance(node, ast.ClassDef) or id(node) in seen:
            continue
        seen.add(id(node))
        for one in node.body:
            if isinstance(one, FUNCTIONS) and one.name == name:
                return Callee(here.inside(one), bound=True)
        for base in node.bases:
            chain = chain_of(base)
            found = resolve(here.module, chain) if chain else None
            if isinstance(found, Local) and isinstance(found.unit.node, ast.ClassDef):
                pending.append(Place(found.module, (found.unit.node,)))
    return None


def _member(callee: Callee, rest: Chain) -> Callee | None:
    """``f.submit`` is f; ``Class.method`` its method; ``Class.remote`` makes an instance elsewhere."""
    if not rest:
        return callee
    if isinstance(callee.node, ast.ClassDef):
        found = method_of(callee.place, rest[0]) if len(rest) == 1 else None
        if found is None and rest == ("remote",):
            return callee
        return None if found is None else Callee(found.place, bound=_is_class_method(found.node))
    return callee if len(rest) == 1 and rest[0] in INVOKERS else None


def _is_class_method(node: Definition) -> bool:
    return any((chain_of(one) or ("",))[-1] == "classmethod" for one in node.decorator_list)


def takes_self(callee: Callee) -> bool:
    """Whether the first parameter is filled by the object the method hangs on."""
    node = callee.node
    static = any((chain_of(one) or ("",))[-1] == "staticmethod" for one in node.decorator_list)
    return callee.bound and not static


def as_function(node: Definition) -> Function | None:
    """The definition if it is a function."""
    return None if isinstance(node, ast.ClassDef) else node
