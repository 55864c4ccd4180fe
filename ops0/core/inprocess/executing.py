"""Runs steps in this process, one after another: for tests, notebooks and debuggers. Host only.

The same rules join them as in a build, and what their decorators say holds. A step's result is handed on as it is,
without a copy, except that an iterator is run to its end first and read from the start by each step that takes it.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from types import FunctionType
from typing import Any

from ops0.core.api import signature
from ops0.core.api.marks import options_of, place_of
from ops0.core.api.model import PARAMETER
from ops0.core.errors import InvalidPipelineError, raise_together
from ops0.core.graph import Argument, DuplicateStep, Edge, Node, implicit_edges, last_steps
from ops0.core.inprocess.binding import CalledSteps
from ops0.core.inprocess.calling import Supplies, call_step, step_name
from ops0.core.inprocess.items import held
from ops0.core.inprocess.scratch import MakeScratch, no_scratch
from ops0.core.redefined import joined


class UnknownParameter(InvalidPipelineError):
    """A value for a parameter that no step takes."""

    def __init__(self, names: Sequence[str], known: Sequence[str]) -> None:
        super().__init__(
            f"no step takes the parameter {', '.join(repr(name) for name in names)}",
            f"the steps take: {', '.join(known)}" if known else "the steps take no parameters",
        )
        self.names, self.known = tuple(names), tuple(known)


ReadSecrets = Callable[[Sequence[FunctionType]], Mapping[str, Mapping[str, str]]]
"""Steps -> step's name -> environment variable -> value: looks up what ``@ops0.secrets`` names."""


ReadSources = Callable[[Sequence[FunctionType]], AbstractContextManager[Mapping[str, Any]]]
"""Steps -> step's name -> what its source gives. The block ends well when the results are there."""


def no_sources(_: Sequence[FunctionType]) -> AbstractContextManager[Mapping[str, Any]]:
    """ReadSources, for steps without."""
    return nullcontext({})


def execute(
    steps: Iterable[FunctionType],
    params: Mapping[str, Any],
    read_secrets: ReadSecrets,
    read_sources: ReadSources = no_sources,
    make_scratch: MakeScratch = no_scratch,
) -> Any:
    """Run steps that were declared without calls, joined by names.

    steps:   in the order of declaration
    params:  argument name -> value; goes to every step that has such a parameter
    returns: the last step's value; ``{step: value}`` where several steps come last
    raises:  InvalidPipelineError, StepTimeout; whatever a step raises
    """
    steps = _newest(steps)
    nodes = {id(step): node_of(step) for step in steps}
    known = sorted({argument.name for node in nodes.values() for argument in node.parameters})
    unknown = sorted(set(params) - set(known))
    if unknown:
        raise UnknownParameter(unknown, known)
    steps, edges = joined(
        steps,
        lambda step: step.__dict__["__ops0_place__"],
        lambda ordered: implicit_edges([nodes[id(step)] for step in ordered], params.keys()),
    )
    functions = {step_name(step): step for step in steps}
    secrets = read_secrets(steps)
    with make_scratch(steps) as scratch, read_sources(steps) as batches:
        supplies = Supplies(secrets=secrets, scratch=scratch)
        results = _run_all(functions, edges, params, supplies, batches)
    last = last_steps(functions, edges)
    return results[last[0]] if len(last) == 1 else {name: results[name] for name in last}


def call_pipeline(
    function: FunctionType,
    params: Mapping[str, Any],
    read_secrets: ReadSecrets,
    make_scratch: MakeScratch,
) -> Any:
    """Call a ``@ops0.pipeline`` function: its body is the order, and what the decorators of the steps say holds.

    returns: what it returns
    raises:  UnknownParameter, InvalidPipelineError, StepTimeout; whatever a step raises
    """
    _check_params(function, params)
    called = CalledSteps(function)
    _check_called(called.steps)
    secrets = read_secrets(called.steps)
    with make_scratch(called.steps) as scratch:
        supplies = Supplies(secrets=secrets, scratch=scratch)
        bound = called.bound(lambda step, args, named: call_step(step, supplies, args, named))
        return bound(**params)


def _check_params(function: FunctionType, params: Mapping[str, Any]) -> None:
    known = signature.parameter_names(function)
    unknown = sorted(set(params) - set(known))
    if unknown:
        raise UnknownParameter(unknown, known)
    defaults = signature.defaults(function)
    missing = [name for name in known if name not in params and name not in defaults]
    if missing:
        raise InvalidPipelineError(
            f"{place_of(function)}: pipeline '{function.__name__}' needs a value for {', '.join(map(repr, missing))}",
            f"run with params={{{missing[0]!r}: ...}}",
        )


def _check_called(steps: Sequence[FunctionType]) -> None:
    faults: list[InvalidPipelineError] = []
    names: dict[str, FunctionType] = {}
    for step in steps:
        first = names.setdefault(step_name(step).lower(), step)
        if first is not step:
            faults.append(DuplicateStep(node_of(step), node_of(first)))
        if "source" in options_of(step):
            fault = InvalidPipelineError(
                f"{place_of(step)}: step '{step_name(step)}' has a source, which a pipeline called here does not read",
                "run the pipeline by its file: ops0.run('pipeline.py')",
            )
            faults.append(fault)
    raise_together(faults)


def node_of(function: FunctionType) -> Node:
    """See a decorated function as the rules see a step."""
    hints, given = signature.hints_of(function), signature.defaults(function)
    parameters = tuple(
        Argument(name=name, annotation=_text(hints.get(name, _NONE)), has_default=name in given)
        for name in signature.parameter_names(function)
        if not (name == PARAMETER and "model.load" in options_of(function))
    )
    return Node(
        name=step_name(function),
        parameters=parameters,
        output=function.__dict__.get("__ops0_output__"),
        returns=_text(hints.get("return", _NONE)),
        place=place_of(function),
    )


_NONE = object()


def _run_all(
    functions: Mapping[str, FunctionType],
    edges: Sequence[Edge],
    params: Mapping[str, Any],
    supplies: Supplies,
    sources: Mapping[str, Any],
) -> dict[str, Any]:
    """Run every step once, in order, and keep the results that are still wanted."""
    wanted = Counter(edge.provider for edge in edges if edge.provider is not None)
    takers = Counter(edge.parameter for edge in edges if edge.kind == "param")
    params = {name: held(one) if takers[name] > 1 else one for name, one in params.items()}
    into: dict[str, list[Edge]] = defaultdict(list)
    for edge in edges:
        if edge.kind != "default":
            into[edge.step].append(edge)
    results: dict[str, Any] = {}
    for name, function in functions.items():
        if name in sources:
            results[name] = sources[name]
            continue
        arguments = {}
        for edge in into[name]:
            if edge.provider is None:
                arguments[edge.parameter] = params[edge.parameter]
                continue
            arguments[edge.parameter] = results[edge.provider]
            wanted[edge.provider] -= 1
            if not wanted[edge.provider]:
                del results[edge.provider]
        results[name] = call_step(function, supplies, (), arguments)
    return results


def _newest(steps: Iterable[FunctionType]) -> list[FunctionType]:
    """Leave out steps that were declared again under the same name and place, as in a notebook cell run twice."""
    found: dict[object, FunctionType] = {}
    for step in steps:
        found.pop((step.__module__, step.__qualname__, step_name(step)), None)
        found[step.__module__, step.__qualname__, step_name(step)] = step
    return list(found.values())


def _text(hint: object) -> str | None:
    """Write an annotation as the source would: ``DataFrame``, ``list[int]``, ``None``."""
    if hint is _NONE:
        return None
    if isinstance(hint, type) and not hasattr(hint, "__args__"):
        return "None" if hint is type(None) else hint.__name__
    return "None" if hint is None else hint if isinstance(hint, str) else repr(hint)
