"""Whether a class of the project may hold what no annotation says: such a value is looked into where it is made."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator

from ops0.core.analyzer.flow.bodies import Definition
from ops0.core.analyzer.flow.places import Place, Places
from ops0.core.analyzer.flow.says import said_by
from ops0.core.analyzer.flow.table import flow_table
from ops0.core.analyzer.flow.values import NOTHING, Made, Own, Value
from ops0.core.analyzer.project.module import Module
from ops0.core.analyzer.project.resolve import External, Local, resolve
from ops0.core.analyzer.syntax.conditions import chain_of

__all__ = [
    "defines",
    "descending",
    "gives_itself",
    "holds_more",
    "lineage",
    "own_alone",
    "place_of",
]


def holds_more(places: Places, module: Module, own: Own) -> bool:
    """Whether a class of the project, as an annotation names it, leaves open what its instances hold.

    A class says all of it if it has fields, each has an annotation that says all, and no method puts in others. One
    without fields says nothing: a protocol, a base class, one whose fields another class adds.
    """
    return _open(places, module, Value(frozenset({own})), set())


def own_alone(said: Value) -> Value:
    """What an annotation says but for libraries, whose types are facts of the annotation itself."""
    return Value(frozenset(one for one in said.makers if isinstance(one, Own)))


def descending(module: Module, said: Value, found: Callable[[], Value]) -> Value:
    """The project's own classes behind an annotation that names a library's class: ``-> luigi.Task``.

    Which of its classes are bases of others, only the library knows: any of its own may be meant.

    found: what the value is made of, asked only where a class of the module has a base of that library
    """
    named = {_top(one.dotted) for one in said.makers if isinstance(one, Made)}
    if named.isdisjoint(_bases_in(module)):
        return NOTHING
    return Value(
        frozenset(
            one
            for one in found().makers
            if isinstance(one, Own)
            for made in [place_of(module, one)]
            if made is not None and any(_library(each) in named for each in lineage(made))
        )
    )


def _bases_in(module: Module) -> frozenset[str]:
    """The libraries of which classes at the top of a module have bases."""

    def look() -> frozenset[str]:
        classes = (one for one in module.parsed.tree.body if isinstance(one, ast.ClassDef))
        lineages = (lineage(Place(module, (one,))) for one in classes)
        return frozenset(_library(one) for each in lineages for one in each) - {""}

    return module.memory.once("bases of libraries", look)


def _library(one: Place | External) -> str:
    return _top(one.dotted) if isinstance(one, External) else ""


def _top(dotted: str) -> str:
    return dotted.partition(".")[0]


def place_of(module: Module, own: Own) -> Place | None:
    """The place inside the function or class that a value is, or is an instance of. ``module``: any of the project."""
    of_own = module.project.module(own.path)
    unit = next(iter(of_own.bindings.get(own.name, ())), None)
    node = unit.node if unit is not None else None
    return Place(of_own, (node,)) if isinstance(node, Definition) else None


def defines(places: Places, made: Place, name: str) -> bool:
    """Whether the class at a place, or a base of it in the project, says what an attribute of its instances is."""
    for here in lineage(made):
        if not isinstance(here, Place):
            continue
        body = places.body(here)
        if name in body.names or name in body.types or name in body.inner:
            return True
        methods = (one for one in body.inner.values() if not isinstance(one, ast.ClassDef))
        if any(name in places.body(here.inside(one)).fields for one in methods):
            return True
    return False


def gives_itself(places: Places, made: Place, name: str) -> bool:
    """Whether a class has a method of a library's base that gives the instance itself: ``net.to("cpu")``."""
    bases = (one.dotted for one in lineage(made) if isinstance(one, External))
    return any(flow_table().gives_itself(one, name) for one in bases) and not defines(
        places, made, name
    )


def lineage(made: Place) -> Iterator[Place | External]:
    """A class and its bases, those of the project by their places."""
    pending, seen = [made], set[int]()
    while pending:
        here = pending.pop()
        node = here.path[-1]
        if not isinstance(node, ast.ClassDef) or id(node) in seen:
            continue
        seen.add(id(node))
        yield here
        for one in (resolve(here.module, chain) for chain in map(chain_of, node.bases) if chain):
            if isinstance(one, External):
                yield one
            elif isinstance(one, Local) and isinstance(one.unit.node, ast.ClassDef):
                pending.append(Place(one.module, (one.unit.node,)))


def _open(places: Places, module: Module, said: Value, seen: set[Own]) -> bool:
    for one in sorted(one for one in said.makers if isinstance(one, Own) and one not in seen):
        seen.add(one)
        made = place_of(module, one)
        if made is not None and _class_open(places, made, seen):
            return True
    return False


def _class_open(places: Places, made: Place, seen: set[Own]) -> bool:
    node = made.path[-1]
    if not isinstance(node, ast.ClassDef):
        return False
    types = places.body(made).types
    if not types:
        return True
    for annotation in types.values():
        said = said_by(made.module, annotation)
        if said is None or _open(places, made.module, said, seen):
            return True
    methods = (one for one in places.body(made).inner.values() if not isinstance(one, ast.ClassDef))
    return any(places.body(made.inside(one)).fields.keys() - types for one in methods)
