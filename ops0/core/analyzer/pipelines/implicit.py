"""A pipeline that is only steps: joined by names, by the rules of ops0.core.graph."""

from __future__ import annotations

import ast
from collections.abc import Collection, Sequence

from ops0.core.analyzer.pipelines.declared_steps import DeclaredStep, returns_of
from ops0.core.analyzer.project.literals import NotLiteral, json_value, literal
from ops0.core.graph import (
    Argument,
    Edge,
    Node,
    implicit_edges,
    last_steps,
    named_providers,
    run_order,
)
from ops0.core.pipeline import Call, CallId, FromCall, FromParam, Input, Parameter, StepName
from ops0.core.redefined import joined

__all__ = ["implicit_calls"]


def implicit_calls(
    steps: Sequence[DeclaredStep], given: Collection[str]
) -> tuple[tuple[Call, ...], tuple[CallId, ...]]:
    """One call per step, and the calls whose results nobody takes.

    given:  names of the run's parameters
    raises: MissingProvider, AmbiguousProvider, DuplicateStep; ErrorGroup of them
    """
    steps, edges = joined(
        steps,
        lambda step: step.place,
        lambda ordered: implicit_edges(
            [_node(step) for step in ordered], {*given, *_openings(ordered)}
        ),
    )
    by_step: dict[str, list[Edge]] = {}
    for edge in edges:
        by_step.setdefault(edge.step, []).append(edge)
    needs = {
        name: [edge.provider for edge in found if edge.provider] for name, found in by_step.items()
    }
    places = {step.name: step for step in steps}
    calls = tuple(
        Call(
            id=CallId(name),
            step=StepName(name),
            inputs=_inputs(places[name], by_step.get(name, [])),
            where=places[name].where,
        )
        for name in run_order(places, needs)
    )
    return calls, tuple(CallId(name) for name in last_steps(places, edges))


def _openings(steps: Sequence[DeclaredStep]) -> set[str]:
    """What the first step must be given: no step comes before it, so only the run can.

    A name that a later step has too is not among them: there it may be meant for another step's result. Nor is one
    that a later step provides: those two steps wait for each other, or stand in the wrong order.
    """
    if not steps:
        return set()
    later = {one.name for step in steps[1:] for one in step.parameters}
    nodes = [_node(step) for step in steps[1:]]
    return {
        one.name
        for one in steps[0].parameters
        if one.default is None and one.name not in later and not named_providers(nodes, one.name)
    }


def _inputs(step: DeclaredStep, edges: Sequence[Edge]) -> tuple[tuple[str, Input], ...]:
    parameters = {one.name: one for one in step.parameters}
    inputs: list[tuple[str, Input]] = []
    for edge in edges:
        if edge.kind == "step" and edge.provider is not None:
            inputs.append((edge.parameter, FromCall(call=CallId(edge.provider), rule=edge.rule)))
        elif edge.kind == "param":
            annotation = parameters[edge.parameter].annotation
            source = FromParam(param=edge.parameter, required=True, annotation=annotation)
            inputs.append((edge.parameter, source))
        else:
            default = _default(step, parameters[edge.parameter])
            inputs.extend([(edge.parameter, default)] if default else [])
    return tuple(inputs)


def _default(step: DeclaredStep, parameter: Parameter) -> FromParam | None:
    """A default that the run may replace; None where it is no plain JSON: then the step's own holds."""
    try:
        tree = ast.parse(parameter.default or "", mode="eval").body
        value = json_value(step.module, tree)
        exact = value == literal(step.module, tree)
    except (NotLiteral, SyntaxError, ValueError):
        return None
    if not exact:  # a tuple would arrive as a list
        return None
    return FromParam(
        param=parameter.name, required=False, default=value, annotation=parameter.annotation
    )


def _node(step: DeclaredStep) -> Node:
    arguments = tuple(
        Argument(name=one.name, annotation=one.annotation, has_default=one.default is not None)
        for one in step.parameters
    )
    return Node(
        name=step.name,
        parameters=arguments,
        output=step.marks.output,
        returns=returns_of(step.node),
        place=str(step.where),
    )
