"""The ``__init__`` that nobody writes: dataclasses, attrs, models and named tuples make it of a class's fields."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from ops0.core.analyzer.flow.classes import lineage
from ops0.core.analyzer.flow.fields import Field, decorator_of, kind_of, own_fields, says
from ops0.core.analyzer.flow.places import Callee, Place, method_of

__all__ = ["Generated", "function_of", "generated", "inits_of"]


@dataclass(frozen=True, slots=True)
class Generated:
    """What is made of a class.

    init:     ``__init__`` without a body; its parameters are the fields, those of bases first
    fields:   field -> the parameters that fill it
    defaults: field -> what it is else
    """

    init: ast.FunctionDef
    fields: Mapping[str, tuple[str, ...]]
    defaults: Mapping[str, ast.expr]


def generated(owner: Place) -> Generated | None:
    """What is made of the class at a place; None where it writes its ``__init__``, or has that of a base."""
    node = owner.path[-1]
    if not isinstance(node, ast.ClassDef):
        return None
    return owner.module.memory.once(("generated", id(node)), lambda: _generated(owner, node))


def function_of(callee: Callee) -> Callee | None:
    """The function that runs: of a class its ``__init__``, also where nobody writes it."""
    if not isinstance(callee.node, ast.ClassDef):
        return callee
    for here in lineage(callee.place):
        made = generated(here) if isinstance(here, Place) else None
        if isinstance(here, Place) and made is not None:
            return Callee(here.inside(made.init), bound=True)
        if isinstance(here, Place) and _writes_init(here):
            break
    return method_of(callee.place, "__init__")


def inits_of(running: Place) -> Iterator[ast.AST]:
    """A function, and where it is made of a class what is made of its bases: it fills their fields too."""
    node, owner = running.path[-1], Place(running.module, running.path[:-1])
    yield node
    made = generated(owner) if running.owner is not None else None
    if made is not None and made.init is node:
        for base in lineage(owner):
            other = generated(base) if isinstance(base, Place) and base != owner else None
            if other is not None:
                yield other.init


def _generated(owner: Place, node: ast.ClassDef) -> Generated | None:
    if not _is_generated(owner, node):
        return None
    fields: dict[str, Field] = {}
    for here in reversed([*lineage(owner)]):
        of = here.path[-1] if isinstance(here, Place) else None
        if isinstance(here, Place) and isinstance(of, ast.ClassDef) and kind_of(here, of):
            fields.update((one.name, one) for one in own_fields(here, of))
    return Generated(
        init=_init(node, fields.values()),
        fields={one.name: one.parameters for one in fields.values() if one.kept},
        defaults={one.name: one.default for one in fields.values() if one.default is not None},
    )


def _is_generated(owner: Place, node: ast.ClassDef) -> bool:
    if _writes_init(owner):
        return False
    if decorator_of(owner.module, node) is not None:
        return not any(says(one, "init", value=False) for one in node.decorator_list)
    return kind_of(owner, node) is not None and method_of(owner, "__init__") is None


def _writes_init(owner: Place) -> bool:
    body = owner.path[-1].body
    return any(isinstance(one, ast.FunctionDef) and one.name == "__init__" for one in body)


def _init(node: ast.ClassDef, fields: Iterable[Field]) -> ast.FunctionDef:
    """``def __init__(self, a, b=1, *, c=2)``, where the class stands."""
    made = ast.parse("def __init__(self): pass").body[0]
    assert isinstance(made, ast.FunctionDef)  # noqa: S101 - what was just written
    for one in ast.walk(made):
        ast.copy_location(one, node)
    arguments = made.args
    for field in fields:
        for name in field.parameters:
            parameter = ast.copy_location(ast.arg(name, None), node)
            default = field.default if name == field.parameters[0] else None
            if field.by_word or name != field.parameters[0]:
                arguments.kwonlyargs.append(parameter)
                arguments.kw_defaults.append(default)
                continue
            arguments.args.append(parameter)
            if default is None and arguments.defaults:  # Python would refuse it, attrs does not
                default = ast.copy_location(ast.Constant(None), node)
            arguments.defaults += [default] if default is not None else []
    return made
