"""Objects that a module has from a library, and which calls change them: ``found = config.read("app.ini")``."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator

from ops0.core.analyzer.project.external import library_of
from ops0.core.analyzer.project.meanings import made_by
from ops0.core.analyzer.project.module import Module
from ops0.core.analyzer.project.resolve import External, Local, resolve
from ops0.core.analyzer.syntax.conditions import chain_of

__all__ = ["changed_by", "handed_to"]

_VALUES = frozenset(
    {
        "arrow", "cudf", "dask", "datetime", "decimal", "fractions", "functools", "geopandas", "ibis", "jax", "logging",
        "modin", "numpy", "os", "pandas", "pathlib", "pendulum", "pint", "polars", "pyarrow", "pyspark", "re", "regex",
        "shapely", "string", "sympy", "torch", "typing", "uuid", "xarray", "yarl", "zoneinfo",
    }
)  # fmt: skip
"""Libraries whose objects are values: their methods give new ones, and say ``inplace`` where they do not."""
_STATEFUL = "numpy.random."
"""Generators: each number changes which one comes next."""
_LOOKS = (
    "as_", "count", "decode", "describe", "encode", "exists", "find", "format", "get", "has_", "head", "is_", "items",
    "json", "keys", "list", "parse", "predict", "query", "score", "search", "select", "tail", "to_", "transform",
    "values",
)  # fmt: skip
"""How names begin of what only looks at an object: a step that uses a client needs no page that others got with it."""


def changed_by(module: Module, call: ast.Call) -> str | None:
    """The name at the top of a module whose object a method of its library changes; None where there is none.

    What the method gives holds that object: ``cursor = connection.cursor()``.
    """
    if not isinstance(call.func, ast.Attribute):
        return None
    name = _base(call.func.value)
    maker = _maker(module, name) if name is not None else None
    if maker is None:
        return None
    in_place = any(
        word.arg == "inplace"
        and not (isinstance(word.value, ast.Constant) and not word.value.value)
        for word in call.keywords
    )
    return name if in_place or _may_change(maker, call.func.attr) else None


def handed_to(
    module: Module, call: ast.Call, outside: Iterable[str], *, decorates: bool = False
) -> Iterator[str]:
    """The names whose objects a function of their own library may change: ``Table("users", metadata)``.

    decorates: the call is a decorator: what it is told by name is how to run, ``@task(requests=small)``
    """
    libraries = {library_of(one) for one in outside}
    verb = (chain_of(call.func) or ("",))[-1]
    named = () if decorates else (word.value for word in call.keywords)
    for one in (*call.args, *named) if libraries else ():
        maker = _maker(module, one.id) if isinstance(one, ast.Name) else None
        if maker is not None and library_of(maker) in libraries and _may_change(maker, verb):
            yield one.id


def _may_change(maker: str, verb: str) -> bool:
    if verb.startswith(_LOOKS):
        return False
    return library_of(maker) not in _VALUES or maker.startswith(_STATEFUL)


def _base(node: ast.expr) -> str | None:
    """The name from which an expression takes its value: ``book`` of ``book["a"].rows``."""
    while isinstance(node, (ast.Attribute, ast.Subscript)):
        node = node.value
    return node.id if isinstance(node, ast.Name) else None


def _maker(module: Module, name: str) -> str | None:
    """What of a library makes the object of a name, itself or by a method of another; None where anything else may."""
    if name not in module.bindings:
        return None
    return module.memory.once(("maker", name), lambda: _find_maker(module, name, frozenset()))


def _find_maker(module: Module, name: str, seen: frozenset[str]) -> str | None:
    if name in seen:
        return None
    found: set[str | None] = set()
    for node in made_by(module, name):
        value = node.value if isinstance(node, ast.Await) else node
        found.add(_made(module, value, seen | {name}) if isinstance(value, ast.Call) else None)
    return found.pop() if len(found) == 1 else None


def _made(module: Module, call: ast.Call, seen: frozenset[str]) -> str | None:
    chain = chain_of(call.func)
    target = resolve(module, chain) if chain is not None else None
    if isinstance(target, External):
        return target.dotted
    if isinstance(call.func, ast.Attribute) and (target is None or _is_here(module, target)):
        name = _base(call.func.value)
        return _find_maker(module, name, seen) if name in module.bindings else None
    return None


def _is_here(module: Module, target: Local) -> bool:
    return target.module is module and bool(target.rest)
