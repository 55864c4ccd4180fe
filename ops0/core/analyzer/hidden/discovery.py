"""Modules and files that code finds by looking into a folder: ``pkgutil.iter_modules``, ``glob``.

Which they are, the folder says. Here stand the items of such a call, as expressions with a part that is unknown.
"""

from __future__ import annotations

import ast
import posixpath
from collections.abc import Callable, Iterator

from ops0.core.analyzer.hidden.spot import Spot
from ops0.core.analyzer.project.modules import Project
from ops0.core.analyzer.project.roots import join
from ops0.core.analyzer.syntax.conditions import chain_of
from ops0.core.analyzer.syntax.model import Imported, imported_by

__all__ = ["file_found", "found_name", "is_finder", "local_module", "module_found", "place_of"]

_FINDERS = frozenset({"iter_modules", "walk_packages"})
"""The calls of pkgutil that give the modules of a folder."""

_GLOBS = frozenset({"glob", "iglob", "rglob"})


def module_found(spot: Spot) -> Spot | None:
    """What ``iter_modules(path, prefix)`` gives: the call itself as the finder, the name, whether it is a package."""
    node = spot.node
    if not isinstance(node, ast.Call) or not is_finder(node):
        return None
    named = [one.value for one in node.keywords if one.arg == "prefix"]
    name: ast.expr = ast.copy_location(ast.JoinedStr([_field(node)]), node)
    for prefix in node.args[1:2] or named:
        name = ast.copy_location(ast.BinOp(prefix, ast.Add(), name), node)
    info = ast.Tuple([node, name, ast.copy_location(ast.Constant(value=None), node)], ast.Load())
    return spot.at(ast.copy_location(info, node))


def _is_found(node: ast.AST) -> bool:
    """Whether an expression is an item that ``module_found`` has made."""
    return isinstance(node, ast.Tuple) and len(node.elts) == 3 and is_finder(node.elts[0])


def is_finder(node: ast.AST) -> bool:
    """Whether an expression is a call that gives the modules of a folder."""
    return isinstance(node, ast.Call) and _last(node) in _FINDERS


def found_name(spot: Spot, behind: Callable[[Spot], list[Spot]]) -> list[Spot]:
    """``info.name``: the names of the modules; empty where the owner is no item of ``iter_modules``."""
    node = spot.node
    if not isinstance(node, ast.Attribute) or node.attr not in ("name", "module_finder"):
        return []
    index = 1 if node.attr == "name" else 0
    items = [one for one in behind(spot.at(node.value)) if _is_found(one.node)]
    return [one.at(one.node.elts[index]) for one in items if isinstance(one.node, ast.Tuple)]


def file_found(spot: Spot) -> Spot | None:
    """What ``folder.glob("*.py")`` and ``glob.glob("folder/*.py")`` give: a path with a part that is unknown."""
    node = spot.node
    pattern = node.args[0] if isinstance(node, ast.Call) and len(node.args) == 1 else None
    if not isinstance(node, ast.Call) or not isinstance(pattern, ast.Constant):
        return None
    text = pattern.value
    if _last(node) not in _GLOBS or not isinstance(text, str) or not text.endswith(".py"):
        return None
    parts: list[ast.expr] = []
    for number, part in enumerate(text.split("*")):
        parts += [_field(node)] * bool(number) + [ast.Constant(value=part)] * bool(part)
    path: ast.expr = ast.copy_location(ast.JoinedStr(parts), node)
    owner = node.func.value if isinstance(node.func, ast.Attribute) else None
    if owner is not None and chain_of(owner) != ("glob",):
        path = ast.copy_location(ast.BinOp(owner, ast.Div(), path), node)
    return spot.at(path)


def local_module(spot: Spot) -> str | None:
    """The dotted name of the project's module that an expression means; None where it means none."""
    chain = chain_of(spot.node)
    if chain is None or not chain[0]:
        return None
    for imports in _imports(spot, chain[0]):
        for one in imports:
            base = spot.module.absolute(one) or ""
            if one.name is None and not one.whole:
                base = base.partition(".")[0]
            dotted = ".".join(part for part in (base, one.name, *chain[1:]) if part)
            if spot.module.project.locate(dotted) is not None:
                return dotted
    return None


def place_of(project: Project, dotted: str, *, file: bool) -> str | None:
    """The file of a module of the project, or the folder of a package; None where it has none."""
    found = project.locate(dotted)
    path = found.path if found is not None else None
    if path is not None:
        return path if file else posixpath.dirname(path)
    folders = (join(root, dotted.replace(".", "/")) for root in project.roots)
    return None if file else next((one for one in folders if project.source.is_dir(one)), None)


def _imports(spot: Spot, name: str) -> Iterator[list[Imported]]:
    """The imports that bind a name, of the definitions around first, then of the file."""
    for owner in reversed(spot.around):
        inner = (one for part in owner.body for one in ast.walk(part))
        made = (imported_by(one) for one in inner if isinstance(one, ast.Import | ast.ImportFrom))
        yield [one for each in made for one in each if one.bound == name]
    units = spot.module.bindings.get(name, ())
    yield [one for unit in units for one in unit.imports if one.bound == name]


def _last(node: ast.AST) -> str:
    func = node.func if isinstance(node, ast.Call) else None
    if isinstance(func, ast.Attribute):
        return func.attr
    return func.id if isinstance(func, ast.Name) else ""


def _field(node: ast.Call) -> ast.FormattedValue:
    return ast.copy_location(ast.FormattedValue(node, -1, None), node)
