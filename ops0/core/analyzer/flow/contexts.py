"""``context.resources.store`` in functions of Dagster: what the project's definitions hand over under that name.

https://docs.dagster.io/guides/build/external-resources: a job, or ``Definitions``, names resources in a dictionary;
a function says the name. The definitions import the functions and never the other way round, so they are looked for.
"""

from __future__ import annotations

import ast
from collections import deque
from collections.abc import Iterator

from ops0.core.analyzer.flow.bodies import parameters
from ops0.core.analyzer.flow.called import nodes_run
from ops0.core.analyzer.flow.places import Place, Places, as_function
from ops0.core.analyzer.project.module import Module
from ops0.core.analyzer.project.roots import folder_of, join
from ops0.core.analyzer.syntax.conditions import chain_of
from ops0.core.analyzer.syntax.model import Chain
from ops0.core.errors import Ops0Error

__all__ = ["Named", "resource_asked", "resources_asked", "resources_named"]

Named = tuple[Module, ast.expr]
"""An expression that stands for a resource at the top of a module."""

_LIBRARY = b"dagster"
_ENVIRONMENT = "pyvenv.cfg"
_HOLDERS = ("resources", "resource_defs")
_CONFIGURING = frozenset({"configure_at_launch", "configured"})
_GIVEN = frozenset({"hardcoded_resource", "mock_resource"})
_MOST_FILES, _MOST_FOLDERS = 5000, 1000
"""What is looked through for definitions. A link may lead into a folder above, so folders have no end by themselves."""


def resource_asked(chain: Chain, owner: Place | None) -> str | None:
    """``store`` of ``context.resources.store``, where ``context`` is a parameter in a module that names Dagster."""
    if owner is None or len(chain) < 3 or chain[1] != _HOLDERS[0]:
        return None
    node = as_function(owner.path[-1])
    given = node is not None and any(one.arg == chain[0] for one in parameters(node))
    return chain[2] if given and _names_dagster(owner.module, owner.module.path) else None


def resources_asked(place: Place, places: Places) -> list[tuple[ast.expr, Place]]:
    """Where the function at a place, or one that it calls, asks its context for a resource."""
    found: list[tuple[ast.expr, Place]] = []
    for node, here in nodes_run(place, places, lambda one: _names_dagster(one, one.path)):
        if isinstance(node, ast.Attribute):
            chain = chain_of(node)
            owner = places.owner_of(chain[0], here) if chain and len(chain) == 3 else None
            if chain is not None and resource_asked(chain, owner) is not None:
                found.append((node, here))
    return found


def resources_named(module: Module, name: str) -> tuple[Named, ...]:
    """What definitions in the packages around a module name so."""
    folder = _outermost(module)
    known = module.project.memory.once(("resources", folder), lambda: _named_below(module, folder))
    return tuple(known.get(name, ()))


def _named_below(module: Module, folder: str) -> dict[str, list[Named]]:
    found: dict[str, list[Named]] = {}
    for path in _files_below(module, folder):
        if not _names_dagster(module, path):
            continue
        try:
            other = module.project.module(path)
        except Ops0Error:  # told where that file itself is asked about
            continue
        for name, node in _pairs(other.parsed.tree):
            found.setdefault(name, []).append((other, node))
    return found


def _names_dagster(module: Module, path: str) -> bool:
    return _LIBRARY in (module.project.read(path) or b"")


def _outermost(module: Module) -> str:
    """The folder of a module's outermost package."""
    folder = folder_of(module.path)
    listed = module.project.source.list
    while folder not in ("", ".") and "__init__.py" in listed(folder_of(folder)):
        folder = folder_of(folder)
    return folder


def _files_below(module: Module, folder: str) -> Iterator[str]:
    """The Python files of a project below a folder, the nearest first; not those of an environment in it."""
    source = module.project.source
    pending, files = deque([folder]), 0
    for _ in range(_MOST_FOLDERS):
        if not pending or files >= _MOST_FILES:
            return
        here = pending.popleft()
        listed = source.list(here)
        if _ENVIRONMENT in listed:
            continue
        paths = [join(here, name) for name in listed]
        own = [path for path in paths if path.endswith(".py")]
        files += len(own)
        yield from own
        pending.extend(path for path in paths if not path.endswith(".py") and source.is_dir(path))


def _pairs(tree: ast.Module) -> Iterator[tuple[str, ast.expr]]:
    """Names and resources, out of the dictionaries that are handed over as such or are called so."""
    for holder in ast.walk(tree):
        for value in _tables(holder):
            for node in ast.walk(value):
                if isinstance(node, ast.Dict):
                    for key, one in zip(node.keys, node.values, strict=True):
                        if isinstance(key, ast.Constant) and isinstance(key.value, str):
                            yield key.value, _plainly(one)
                elif isinstance(node, ast.Call) and chain_of(node.func) == ("dict",):
                    yield from ((one.arg, _plainly(one.value)) for one in node.keywords if one.arg)


def _tables(node: ast.AST) -> Iterator[ast.expr]:
    if isinstance(node, ast.Call):
        yield from (one.value for one in node.keywords if one.arg in _HOLDERS)
        if (chain_of(node.func) or ("",))[-1] == "with_resources":
            yield from node.args[1:2]
    elif isinstance(node, ast.Assign):
        if any(isinstance(one, ast.Name) and "resource" in one.id.lower() for one in node.targets):
            yield node.value
    elif isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
        if "resource" in node.target.id.lower() and node.value is not None:
            yield node.value
    elif isinstance(node, ast.FunctionDef) and "resource" in node.name:
        yield from (
            one.value for one in ast.walk(node) if isinstance(one, ast.Return) and one.value
        )


def _plainly(node: ast.expr) -> ast.expr:
    """The resource itself: ``store.configured({…})`` is ``store``, ``hardcoded_resource(x)`` is ``x``."""
    func = node.func if isinstance(node, ast.Call) else None
    if not isinstance(node, ast.Call) or not isinstance(func, ast.Attribute):
        return node
    if func.attr in _CONFIGURING:
        return _plainly(func.value)
    return _plainly(node.args[0]) if func.attr in _GIVEN and node.args else node
