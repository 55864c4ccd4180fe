"""What frameworks join without a call: functions by their names, and steps of a flow that is a class.

Flows run as instances of a class, each step on its own: what a step that joins is given of the others.

https://docs.metaflow.org/metaflow/basics#artifacts: ``def join(self, inputs)`` reads ``inputs.fit.model``, or
``one.model for one in inputs``: what a step before it has put on its ``self``.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from ops0.core.analyzer.flow.bodies import parameters
from ops0.core.analyzer.flow.places import Place, as_function
from ops0.core.analyzer.flow.values import Own
from ops0.core.analyzer.project.module import Module
from ops0.core.analyzer.project.resolve import External, resolve
from ops0.core.analyzer.syntax.conditions import chain_of
from ops0.core.analyzer.syntax.methods import last_name

__all__ = ["joined_by", "namesakes", "step_of"]

_FLOWS = frozenset({"metaflow.FlowSpec", "metaflow.flowspec.FlowSpec"})
_STEP = "step"
_DEEPEST = 12


def namesakes(place: Place, name: str) -> Iterator[Place]:
    """The functions at the top of the module that are called as a parameter of another."""
    for unit in place.module.bindings.get(name, ()):
        function = None if unit.kind != "define" else unit.node
        if isinstance(function, ast.FunctionDef) and function is not place.path[-1]:
            yield Place(place.module, (function,))


def joined_by(place: Place, name: str) -> Own | None:
    """What the parameter of a step is that joins others: an instance of its flow."""
    method = as_function(place.path[-1]) if place.path else None
    if place.owner is None or method is None:
        return None
    given = [one.arg for one in parameters(method)][1:]
    return step_of(Place(place.module, place.path[:-1]), method) if given == [name] else None


def step_of(owner: Place, method: ast.AST) -> Own | None:
    """The flow of which a method of the class at a place is a step, as an instance; None where it is none."""
    node = owner.path[-1]
    if not isinstance(node, ast.ClassDef) or not isinstance(method, ast.FunctionDef):
        return None
    is_step = any(last_name(one) == _STEP for one in method.decorator_list)
    if not is_step or len(owner.path) != 1 or not _is_flow(owner.module, node, 0):
        return None
    return Own(owner.module.path, node.name, instance=True)


def _is_flow(module: Module, node: ast.AST, depth: int) -> bool:
    for base in node.bases if isinstance(node, ast.ClassDef) and depth < _DEEPEST else ():
        chain = chain_of(base)
        found = resolve(module, chain) if chain else None
        if isinstance(found, External):
            if found.dotted in _FLOWS:
                return True
        elif found is not None and _is_flow(found.module, found.unit.node, depth + 1):
            return True
    return False
