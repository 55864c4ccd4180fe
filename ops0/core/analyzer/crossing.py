"""The values that cross an edge into a function: what it needs to load them, by annotations or by the flow."""

from __future__ import annotations

import ast
from collections.abc import Collection, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

from ops0.core.analyzer.flow import ANY_ITEM, Flow, Inputs, Made, Own, Place, Value
from ops0.core.analyzer.flow.bodies import Function, parameters
from ops0.core.analyzer.flow.carried import carried
from ops0.core.analyzer.flow.classes import own_alone, place_of
from ops0.core.analyzer.flow.contexts import resources_asked
from ops0.core.analyzer.flow.joining import joined_by
from ops0.core.analyzer.flow.places import as_function, is_self, method_of
from ops0.core.analyzer.flow.says import names_container, said_by
from ops0.core.analyzer.flow.sessions import asked_of_session
from ops0.core.analyzer.flow.table import flow_table
from ops0.core.analyzer.flow.values import union
from ops0.core.analyzer.pipelines.declared_steps import DeclaredStep, declared_steps
from ops0.core.analyzer.pipelines.explicit import read_calls
from ops0.core.analyzer.pipelines.finder import Finder
from ops0.core.analyzer.pipelines.implicit import implicit_calls
from ops0.core.analyzer.pipelines.pipelines import choose_pipeline
from ops0.core.analyzer.project.module import Module
from ops0.core.analyzer.reach.closures import MAKING
from ops0.core.analyzer.reach.own_class import used_of_self
from ops0.core.analyzer.reach.reach import Reach
from ops0.core.analyzer.syntax.conditions import chain_of
from ops0.core.analyzer.syntax.model import Chain
from ops0.core.arguments import part_sources
from ops0.core.errors import Ops0Error
from ops0.core.facts import TypeFact
from ops0.core.pipeline import Call, CallId, FromCall, FromParts

__all__ = ["Crossing", "crossing_into", "graph_inputs", "inputs_of", "keep_own"]


@dataclass(frozen=True, slots=True)
class Crossing:
    """What values bring along.

    types: the calls that made what is in them, where no annotation says it;  own: definitions of the project
    open:  parameters that may hold more than can be told
    """

    types: tuple[TypeFact, ...] = ()
    own: tuple[Own, ...] = ()
    open: tuple[str, ...] = ()


def crossing_into(flow: Flow, place: Place, names: Collection[str] | None = None) -> Crossing:
    """What crosses into the function at a place: by parameters, by variables around it, for a method by ``self``.

    names: the parameters that count; None for all
    """
    node = place.path[-1]
    if isinstance(node, ast.ClassDef):
        return Crossing()
    types: set[TypeFact] = set()
    own: set[Own] = set()
    unsure: list[str] = []
    for subject, said, believed, value in _values(flow, place, node, names):
        own.update(one for one in value.makers if isinstance(one, Own))
        if not said:
            types.update(_type_facts(subject, _at_all(value.libraries)))
        if value.unknown and not believed:
            unsure.append(subject)
    return Crossing(tuple(sorted(types, key=_order)), tuple(sorted(own)), tuple(unsure))


def inputs_of(calls: Sequence[Call], steps: Sequence[DeclaredStep]) -> Inputs:
    """What a pipeline's graph says of its steps' parameters: all of them, () for those that the run gives."""
    places = {step.name: Place(step.module, (step.node,)) for step in steps}
    made: Mapping[CallId, str] = {call.id: call.step for call in calls}
    mapped = {call.id for call in calls if call.each}
    found: dict[tuple[int, str], list[tuple[Place, int | None]]] = {}
    for call in calls:
        node = places[call.step].path[-1]
        together = {name for name, source in call.inputs if isinstance(source, FromParts)}
        for name, _ in call.inputs:
            found.setdefault((id(node), name), [])
        for name, source in part_sources(call):
            given = found[id(node), name]
            if isinstance(source, FromCall):
                lists = name in call.each or name in together or source.call in mapped
                given.append((places[made[source.call]], ANY_ITEM if lists else source.item))
    return found


def graph_inputs(module: Module) -> Inputs:
    """The same for a file of which nobody asks whether it holds a pipeline; {} where it holds none that is right."""
    steps, _ = declared_steps(module)
    if not steps:
        return {}
    try:
        chosen = choose_pipeline(module, steps, None)
        if chosen.function is None:
            return inputs_of(implicit_calls(chosen.steps, ())[0], chosen.steps)
        finder = Finder(steps, [])
        calls, _, used = read_calls(module, chosen.function, finder.find, ())
    except Ops0Error:
        return {}
    return inputs_of(calls, used)


def _values(
    flow: Flow, place: Place, node: Function, names: Collection[str] | None
) -> Iterator[tuple[str, bool, bool, Value]]:
    """(parameter or attribute, whether its annotation says all of it, whether it says anything, value)."""
    for one in parameters(node):
        if is_self(one.arg, place) or (names is not None and one.arg not in names):
            continue
        said = said_by(place.module, one.annotation)
        if said is not None and not flow.holds_more(place, said):
            yield one.arg, True, True, said
            more = carried(said, lambda name=one.arg: flow.parameter(place, name))  # type: ignore[misc]
            if more.makers:
                yield one.arg, False, True, more
            continue
        joined = joined_by(place, one.arg)
        if joined is not None:
            yield from _read_of_joined(flow, place, node, joined)
            continue
        value = flow.parameter(place, one.arg)
        value = value if said is None else union([own_alone(said), value])
        yield one.arg, False, names_container(one.annotation), value
        yield from _read_of_instances(flow, place, [node], (one.arg,), value)
    for name, owner in _captured(flow, place, node):
        yield name, False, False, flow.captured(owner, name)
    elsewhere = (*resources_asked(place, flow.places), *asked_of_session(place, flow.places))
    for asked, there in elsewhere:
        yield ast.unparse(asked), False, True, flow.held(asked, there)
    if place.owner is None:
        return
    methods = [node, *_methods_of_self(place, node)]
    for name in sorted(_read_of_self(place, node)):
        value = flow.member(place, name)
        yield f"self.{name}", False, False, value
        yield from _read_of_instances(flow, place, methods, ("self", name), value)


def _read_of_instances(
    flow: Flow, place: Place, code: Sequence[Function], chain: Chain, value: Value
) -> Iterator[tuple[str, bool, bool, Value]]:
    """What code reads of instances of the project's classes, by their methods too: it crosses as well."""
    owners = [
        made
        for one in sorted(one for one in value.makers if isinstance(one, Own) and one.instance)
        for made in [place_of(place.module, one)]
        if made is not None
    ]
    for name in sorted(_read_of(chain, code)) if owners else ():
        for owner in owners:
            method = method_of(owner, name)
            function = as_function(method.node) if method is not None else None
            if method is None or function is None:
                yield ".".join((*chain, name)), False, True, flow.attribute_of(owner, name)
                continue
            for each in sorted(_read_of_self(method.place, function)):
                subject = ".".join((*chain, each))
                yield subject, False, True, flow.member(method.place, each)


def _read_of(chain: Chain, code: Sequence[Function]) -> set[str]:
    """``x`` of each ``a.b.x``, for a chain ``a.b``."""
    size = len(chain)
    return {
        found[size]
        for function in code
        for node in ast.walk(function)
        if isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Load)
        for found in [chain_of(node)]
        if found is not None and found[:size] == chain and len(found) > size
    }


def _read_of_joined(
    flow: Flow, place: Place, node: Function, joined: Own
) -> Iterator[tuple[str, bool, bool, Value]]:
    """What a step that joins others reads of them; they are handed over by their fields alone."""
    for one in ast.walk(node):
        if isinstance(one, ast.Attribute) and joined in flow.held(one.value, place).makers:
            value = flow.held(one, place)
            makers = frozenset(each for each in value.makers if each != joined)
            yield ast.unparse(one), False, False, Value(makers)


def _read_of_self(place: Place, method: Function) -> set[str]:
    """The attributes of ``self`` that a method reads, or one that it calls on ``self``.

    None for what runs when an instance is made: there is nothing in that yet but what it puts there.
    """
    if method.name in MAKING:
        return set()
    found: set[str] = set()
    pending = set(_named_of_self(place, method))
    while pending - found:
        name = min(pending - found)
        found.add(name)
        function = _method_named(place, name)
        pending |= _named_of_self(place, function) if function is not None else set()
    return found


def _named_of_self(place: Place, method: Function) -> AbstractSet[str]:
    """Those that one method names: asked for each of the methods that lead to it."""
    return place.module.memory.once(("used of self", method), lambda: used_of_self(method))


def _method_named(place: Place, name: str) -> Function | None:
    """A method of the class whose method stands at a place."""
    called = method_of(Place(place.module, place.path[:-1]), name)
    return as_function(called.node) if called is not None else None


def _methods_of_self(place: Place, method: Function) -> list[Function]:
    """Those that a method calls on ``self``, and these in turn."""
    found = (_method_named(place, name) for name in sorted(_read_of_self(place, method)))
    return [one for one in found if one is not None]


def _captured(flow: Flow, place: Place, node: Function) -> list[tuple[str, Place]]:
    """The variables of functions around that a nested one reads, each with the function that binds it."""
    if len(place.path) < 2:
        return []
    names = {
        one.id
        for one in ast.walk(node)
        if isinstance(one, ast.Name) and isinstance(one.ctx, ast.Load)
    }
    owners = ((name, flow.places.owner_of(name, place)) for name in sorted(names))
    return [
        (name, owner)
        for name, owner in owners
        if owner is not None and owner != place and not is_self(name, owner)
    ]


def _at_all(made: Collection[Made]) -> list[Made]:
    """What libraries made of a value, without arrays that were put into a table: columns of it from then on."""
    table = flow_table()
    has_table = any(one.dotted.partition(".")[0] in table.tables for one in made if not one.held)
    return [
        one
        for one in made
        if not (has_table and one.held and one.dotted.partition(".")[0] == "numpy")
    ]


def _type_facts(subject: str, made: Collection[Made]) -> Iterator[TypeFact]:
    """One fact a call, its texts and a subject: the first place is enough, and an engine's address decides."""
    first: dict[tuple[str, object], Made] = {}
    for one in sorted(made, key=lambda one: (one.where, one.dotted)):
        first.setdefault((one.dotted, one.literals), one)
    for one in first.values():
        yield TypeFact(
            name=one.dotted,
            subject=subject,
            where=one.where,
            made=True,
            literals=one.literals,
            optional=one.optional,
        )


def _order(one: TypeFact) -> tuple[object, ...]:
    return (one.where, one.name, one.subject)


def keep_own(reach: Reach, own: Sequence[Own]) -> None:
    """Keep the project's definitions that a value is an instance of, or holds."""
    for one in own:
        reach.start(reach.project.module(one.path), one.name)
        reach.given.add((one.path, one.name))
