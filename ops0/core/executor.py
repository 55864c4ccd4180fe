"""Runs steps in this process, one after another: for tests, notebooks and debuggers. Host only.

The same rules join them as in a build, and ``@ops0.retry`` and ``@ops0.timeout`` hold. A step's result is
handed on as it is, without a copy; an iterator that several steps consume is shared out item by item.
"""

from __future__ import annotations

import itertools
import os
import signal
import threading
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager, nullcontext
from types import FunctionType
from typing import Any

from ops0.core import signature
from ops0.core.called_steps import called_steps
from ops0.core.errors import InvalidPipelineError, RunError
from ops0.core.graph import Argument, Edge, Node, implicit_edges, last_steps
from ops0.core.marks import options_of, place_of
from ops0.core.model import PARAMETER
from ops0.core.modelstore import read_model
from ops0.core.scratch import MakeScratch, no_scratch, temporary_files_in

_LONGEST_WAIT = 300.0


class UnknownParameter(InvalidPipelineError):
    """A value for a parameter that no step takes."""

    def __init__(self, names: Sequence[str], known: Sequence[str]) -> None:
        super().__init__(
            f"no step takes the parameter {', '.join(repr(name) for name in names)}",
            f"the steps take: {', '.join(known)}" if known else "the steps take no parameters",
        )
        self.names, self.known = tuple(names), tuple(known)


class StepTimeout(RunError):
    """A step that took longer than its ``@ops0.timeout``."""

    exit_code = 53

    def __init__(self, step: str, limit: float) -> None:
        super().__init__(
            f"step '{step}' did not end within {limit:g} s",
            "raise @ops0.timeout(...) or make the step faster",
        )
        self.step, self.limit = step, limit


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
    nodes = [node_of(step) for step in steps]
    known = sorted({argument.name for node in nodes for argument in node.parameters})
    unknown = sorted(set(params) - set(known))
    if unknown:
        raise UnknownParameter(unknown, known)
    edges = implicit_edges(nodes, params.keys())
    functions = {_name(step): step for step in steps}
    secrets = read_secrets(steps)
    with make_scratch(steps) as scratch, read_sources(steps) as given:
        results = _run_all(functions, edges, params, secrets, given, scratch)
    last = last_steps(functions, edges)
    return results[last[0]] if len(last) == 1 else {name: results[name] for name in last}


def call_pipeline(
    function: FunctionType,
    params: Mapping[str, Any],
    steps: Sequence[FunctionType],
    read_secrets: ReadSecrets,
) -> Any:
    """Call a ``@ops0.pipeline`` function: its body is the order. The steps it names share their secrets' variables.

    raises: UnknownParameter; InvalidPipelineError where two steps mean other secrets by one variable
    """
    known = signature.parameter_names(function)
    unknown = sorted(set(params) - set(known))
    if unknown:
        raise UnknownParameter(unknown, known)
    missing = [
        name for name in known if name not in params and name not in signature.defaults(function)
    ]
    if missing:
        raise InvalidPipelineError(
            f"{place_of(function)}: pipeline '{function.__name__}' needs a value for {', '.join(map(repr, missing))}",
            f"run with params={{{missing[0]!r}: ...}}",
        )
    called = called_steps(function, steps)
    _check_one_meaning(called)
    for step in called:
        if "source" in options_of(step):
            raise InvalidPipelineError(
                f"{place_of(step)}: step '{_name(step)}' has a source, which a pipeline called here does not read",
                "run the pipeline by its file: ops0.run('pipeline.py')",
            )
    with ExitStack() as stack:
        for variables in read_secrets(called).values():
            stack.enter_context(_environment(variables))
        return function(**params)


def _check_one_meaning(steps: Sequence[FunctionType]) -> None:
    meant: dict[str, str] = {}
    for step in steps:
        for variable, reference in options_of(step).get("secrets", {}).items():
            if meant.setdefault(variable, reference) != reference:
                raise InvalidPipelineError(
                    f"{place_of(step)}: step '{_name(step)}' means another secret by {variable} than a step before it",
                    "name the variables apart, or run the pipeline by its file: ops0.run('pipeline.py')",
                )


def node_of(function: FunctionType) -> Node:
    """See a decorated function as the rules see a step."""
    hints, given = signature.hints_of(function), signature.defaults(function)
    parameters = tuple(
        Argument(name=name, annotation=_text(hints.get(name, _NONE)), has_default=name in given)
        for name in signature.parameter_names(function)
        if not (name == PARAMETER and "model.load" in options_of(function))
    )
    return Node(
        name=_name(function),
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
    secrets: Mapping[str, Mapping[str, str]],
    given: Mapping[str, Any],
    scratch: Mapping[str, str],
) -> dict[str, Any]:
    """Run every step once, in order, and keep the results that are still wanted."""
    wanted = Counter(edge.provider for edge in edges if edge.provider is not None)
    into: dict[str, list[Edge]] = defaultdict(list)
    for edge in edges:
        if edge.kind != "default":
            into[edge.step].append(edge)
    shared: dict[str, list[Any]] = {}
    results: dict[str, Any] = {}
    for name, function in functions.items():
        if name in given:
            _hand_on(name, given[name], wanted[name], shared, results)
            continue
        arguments = {
            edge.parameter: params[edge.parameter]
            if edge.provider is None
            else shared[edge.provider].pop()
            for edge in into[name]
        }
        wanted_model = options_of(function).get("model.load")
        if wanted_model is not None and PARAMETER not in arguments:
            arguments[PARAMETER] = read_model(wanted_model)
        with _environment(secrets.get(name, {})), temporary_files_in(scratch.get(name)):
            value = _attempts(name, function, arguments)
        _hand_on(name, value, wanted[name], shared, results)
    return results


def _hand_on(
    name: str, value: Any, wanted: int, shared: dict[str, list[Any]], results: dict[str, Any]
) -> None:
    if wanted:
        shared[name] = _copies(value, wanted)
    else:
        results[name] = value


@contextmanager
def _environment(variables: Mapping[str, str]) -> Iterator[None]:
    """Set these variables for a block, and put back what was there."""
    before = {name: os.environ.get(name) for name in variables}
    os.environ.update(variables)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value


def _copies(value: Any, count: int) -> list[Any]:
    """Hand a value to several consumers. An iterator can be read once only, so it is split."""
    if count > 1 and isinstance(value, Iterator):
        return list(itertools.tee(value, count))
    return [value] * count


def _attempts(name: str, function: FunctionType, arguments: Mapping[str, Any]) -> Any:
    """Call a step as often as its ``@ops0.retry`` says; the last attempt's exception is the step's."""
    options = options_of(function)
    retry = options.get("retry", {"max_attempts": 1, "backoff": 0.0, "on": ()})
    for attempt in range(1, retry["max_attempts"]):
        try:
            return _attempt(name, function, arguments, options.get("timeout"))
        except Exception as fault:  # noqa: PERF203 - the user's own; the last attempt's is raised below
            if retry["on"] and not isinstance(fault, (*retry["on"], StepTimeout)):
                raise
            time.sleep(min(retry["backoff"] * 2 ** (attempt - 1), _LONGEST_WAIT))
    return _attempt(name, function, arguments, options.get("timeout"))


def _attempt(
    name: str, function: Callable[..., Any], arguments: Mapping[str, Any], limit: float | None
) -> Any:
    if limit is None:
        return function(**arguments)
    started = time.monotonic()
    with _alarm(StepTimeout(name, limit), limit):
        value = function(**arguments)
    if time.monotonic() - started > limit:
        raise StepTimeout(name, limit)
    return value


@contextmanager
def _alarm(fault: StepTimeout, limit: float) -> Iterator[None]:
    """Raise a fault in the block after ``limit`` seconds. Off the main thread only the end is checked."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def ring(*_: object) -> None:
        raise fault

    before = signal.signal(signal.SIGALRM, ring)
    signal.setitimer(signal.ITIMER_REAL, limit)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def _newest(steps: Iterable[FunctionType]) -> list[FunctionType]:
    """Leave out steps that were declared again under the same name and place, as in a notebook cell run twice."""
    found: dict[object, FunctionType] = {}
    for step in steps:
        found.pop((step.__module__, step.__qualname__, _name(step)), None)
        found[step.__module__, step.__qualname__, _name(step)] = step
    return list(found.values())


def _name(function: FunctionType) -> str:
    name: str = function.__dict__["__ops0_name__"]
    return name


def _text(hint: object) -> str | None:
    """Write an annotation as the source would: ``DataFrame``, ``list[int]``, ``None``."""
    if hint is _NONE:
        return None
    if isinstance(hint, type) and not hasattr(hint, "__args__"):
        return "None" if hint is type(None) else hint.__name__
    return "None" if hint is None else hint if isinstance(hint, str) else repr(hint)
