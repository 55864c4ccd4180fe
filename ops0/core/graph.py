"""The graph of a pipeline: who provides an argument when nobody wrote it down, order, and cycles. Pure.

A pipeline without calls joins its steps by names. For each parameter of each step, in the order of
declaration, the first rule that hits wins; only steps declared earlier can provide:

1. it is given as a parameter of the run;
2. an earlier step has its name;
3. an earlier step's ``output=`` is its name;
4. an earlier step is named ``<verb>_<parameter>``: ``generate_data`` -> ``data``;
5. it is the participle of an earlier step's verb: ``processed`` <- ``process_data`` (also ``processed_data``);
6. one earlier result is left that nothing has consumed, the annotations agree, and no later step would provide it by
   its name;
7. it has a default.

Rules 1 to 5 are tried for all parameters of a step before rule 6, so that a result goes to the parameter
that names it. A parameter with a default takes part in rule 6 only where both annotations are there and no
other argument of its step is a step's result: a stray result must not silently replace a default. Two equal
hits, or none at all, are an error; nothing is guessed.

>>> load, fit = Node(name="load_rows"), Node(name="fit", parameters=(Argument(name="rows"),))
>>> [(edge.parameter, edge.provider) for edge in implicit_edges([load, fit])]
[('rows', 'load_rows')]
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Literal

from ops0.core.errors import Ops0Error, raise_together
from ops0.core.graphs.agreement import agree, gives_nothing
from ops0.core.graphs.graph_faults import AmbiguousProvider, DuplicateStep, MissingProvider
from ops0.core.graphs.order import PipelineCycle, run_order
from ops0.core.graphs.participles import participles

__all__ = [
    "AmbiguousProvider",
    "Argument",
    "DuplicateStep",
    "Edge",
    "EdgeKind",
    "MissingProvider",
    "Node",
    "PipelineCycle",
    "implicit_edges",
    "last_steps",
    "named_providers",
    "run_order",
]

EdgeKind = Literal["step", "param", "default"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Argument:
    """A parameter of a step as the rules see it. ``annotation`` is source text."""

    name: str
    annotation: str | None = None
    has_default: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Node:
    """A step as the rules see it. ``returns`` is source text; ``place`` is shown in errors, as ``pipeline.py:12``."""

    name: str
    parameters: tuple[Argument, ...] = ()
    output: str | None = None
    returns: str | None = None
    place: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Edge:
    """Where one argument comes from.

    kind:     a step's result, a parameter of the run, or the function's own default
    provider: the step for kind "step", else None
    rule:     why, in words
    """

    step: str
    parameter: str
    kind: EdgeKind
    provider: str | None
    rule: str


def implicit_edges(nodes: Iterable[Node], given: Collection[str] = ()) -> tuple[Edge, ...]:
    """Join steps by the rules above.

    nodes:  in the order of declaration
    given:  names of the run's parameters
    shape:  one edge per parameter, steps and parameters in the order they came in
    raises: MissingProvider, AmbiguousProvider, DuplicateStep; ErrorGroup of them
    """
    nodes = tuple(nodes)
    earlier, every = _Earlier(), _Earlier()
    for node in nodes:
        every.add(node)
    faults: list[Ops0Error] = []
    edges: list[Edge] = []
    for node in nodes:
        found, wrong = _join(node, earlier, every, given)
        edges += found
        faults += wrong
        first = earlier.add(node)
        if first is not None:
            faults.append(DuplicateStep(node, first))
    if any(isinstance(fault, MissingProvider) for fault in faults):
        faults = [_with_later(fault, nodes) for fault in faults]
    raise_together(faults)
    return tuple(edges)


def named_providers(nodes: Iterable[Node], parameter: str) -> tuple[str, ...]:
    """The steps among these that would provide a parameter by rules 2 to 5: by a name, not by being left."""
    these = _Earlier()
    for node in nodes:
        these.add(node)
    return tuple(these.by_name(parameter)[0])


def last_steps(names: Iterable[str], edges: Iterable[Edge]) -> tuple[str, ...]:
    """The steps whose results no other step consumes, in the order given: the pipeline's results."""
    consumed = {edge.provider for edge in edges}
    return tuple(name for name in names if name not in consumed)


@dataclass
class _Earlier:
    """The steps declared so far, indexed for each rule, so that thousands of steps stay cheap."""

    names: dict[str, Node] = field(default_factory=dict)
    outputs: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    objects: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    done: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    unconsumed: dict[str, Node] = field(default_factory=dict)

    def add(self, node: Node) -> Node | None:
        """Let later steps see this one; gives the step that already has its name, if any."""
        key = _word(node.name)
        if key in self.names:
            return self.names[key]
        self.names[key] = node
        if node.output:
            self.outputs[node.output].append(node.name)
        verb, _, thing = key.partition("_")
        if thing:
            self.objects[thing].append(node.name)
        for form in participles(verb):
            self.done[form].append(node.name)
            if thing:
                self.done[f"{form}_{thing}"].append(node.name)
        if not gives_nothing(node.returns):
            self.unconsumed[node.name] = node
        return None

    def available(self) -> tuple[str, ...]:
        """What the user may name: outputs where given, else names."""
        nodes = (node for node in self.names.values() if not gives_nothing(node.returns))
        return tuple(
            f"{node.name} (as {node.output})" if node.output else node.name for node in nodes
        )

    def by_name(self, parameter: str) -> tuple[Sequence[str], str]:
        """Rules 2 to 5: the steps that the first rule to hit finds, and the rule in words."""
        named = self.names.get(parameter)
        tries: tuple[tuple[Sequence[str], str], ...] = (
            ([named.name] if named else [], f"a step is named '{parameter}'"),
            (self.outputs.get(parameter, []), f"its output is '{parameter}'"),
            (self.objects.get(parameter, []), f"it is named <verb>_{parameter}"),
            (self.done.get(parameter, []), f"'{parameter}' is what its verb has done"),
        )
        return next(((hits, rule) for hits, rule in tries if hits), ([], ""))


def _join(
    node: Node, earlier: _Earlier, every: _Earlier, given: Collection[str]
) -> tuple[list[Edge], list[Ops0Error]]:
    """All edges into one step, and what is wrong with them."""
    found: dict[str, Edge] = {}
    faults: list[Ops0Error] = []
    left: list[Argument] = []
    for argument in node.parameters:
        name = argument.name
        if name in given:
            found[name] = Edge(
                step=node.name, parameter=name, kind="param", provider=None, rule="given by params"
            )
            continue
        hits, rule = earlier.by_name(name)
        if len(hits) == 1:
            found[name] = Edge(
                step=node.name, parameter=name, kind="step", provider=hits[0], rule=rule
            )
        elif hits:
            faults.append(AmbiguousProvider(node, name, tuple(hits), earlier.available(), rule))
        else:
            left.append(argument)
    for edge in found.values():
        earlier.unconsumed.pop(edge.provider or "", None)
    for argument in sorted(left, key=lambda one: one.has_default):
        joined = any(edge.kind == "step" for edge in found.values())
        later = any(one != node.name for one in every.by_name(argument.name)[0])
        made = _by_what_is_left(node, argument, earlier, joined=joined, later=later)
        if isinstance(made, Edge):
            found[argument.name] = made
        else:
            faults.append(made)
    return [found[one.name] for one in node.parameters if one.name in found], faults


def _by_what_is_left(
    node: Node, argument: Argument, earlier: _Earlier, *, joined: bool, later: bool
) -> Edge | Ops0Error:
    """Rules 6 and 7.

    joined: another argument of this step is a step's result already;  later: a step further down would provide it
    """
    name, rest = argument.name, earlier.unconsumed
    if len(rest) == 1 and not later:
        (only,) = rest.values()
        told = argument.annotation is not None and only.returns is not None and not joined
        if (told or not argument.has_default) and agree(only.returns, argument.annotation):
            del rest[only.name]
            rule = "it is the only earlier result that nothing has consumed"
            return Edge(step=node.name, parameter=name, kind="step", provider=only.name, rule=rule)
    if argument.has_default:
        return Edge(
            step=node.name, parameter=name, kind="default", provider=None, rule="its own default"
        )
    fitting = tuple(one.name for one in rest.values() if agree(one.returns, argument.annotation))
    if len(fitting) > 1 and not later:
        rule = "results that nothing has consumed"
        return AmbiguousProvider(node, name, fitting, earlier.available(), rule)
    return MissingProvider(node, name, earlier.available(), None)


def _with_later(fault: Ops0Error, nodes: tuple[Node, ...]) -> Ops0Error:
    """Say it where a step that is declared further down would have provided the argument."""
    if not isinstance(fault, MissingProvider):
        return fault
    index = next(at for at, node in enumerate(nodes) if node.name == fault.step)
    hits = named_providers(nodes[index + 1 :], fault.argument)
    later = hits[0] if hits else None
    waits = later is not None and _waits_for(later, fault.step, nodes)
    return MissingProvider(nodes[index], fault.argument, fault.available, later, waits=waits)


def _waits_for(name: str, other: str, nodes: tuple[Node, ...]) -> bool:
    """Whether a step would need another's result, itself or by way of others, wherever they are declared."""
    every, by_name = _Earlier(), {node.name: node for node in nodes}
    for node in nodes:
        every.add(node)
    pending, seen = [name], {name}
    while pending:
        needed = (every.by_name(one.name)[0] for one in by_name[pending.pop()].parameters)
        new = {provider for providers in needed for provider in providers} - seen
        seen |= new
        pending += new
    return other in seen


def _word(name: str) -> str:
    """A step's name as a parameter could spell it."""
    return name.lower().replace("-", "_").replace(".", "_")
