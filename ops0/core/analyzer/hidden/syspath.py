"""Changes of ``sys.path``: folders of the project become import roots, others are told of."""

from __future__ import annotations

import ast
import posixpath
from collections.abc import Callable, Iterator
from collections.abc import Set as AbstractSet
from contextlib import suppress
from typing import TypeVar

from ops0.core.analyzer.effects.world import World
from ops0.core.analyzer.hidden.spot import Spot
from ops0.core.analyzer.hidden.spots import Spots
from ops0.core.analyzer.hidden.texts import ROOT, is_known, texts
from ops0.core.analyzer.project.module import Module
from ops0.core.analyzer.project.modules import Project
from ops0.core.analyzer.project.resting import old_objects_rest
from ops0.core.analyzer.project.shelf import Shelf
from ops0.core.analyzer.reach.reach import Reach
from ops0.core.analyzer.syntax.conditions import chain_of, is_main_guard
from ops0.core.analyzer.syntax.walking import walk
from ops0.core.errors import Ops0Error
from ops0.core.locked import Target
from ops0.core.pipeline import Warn
from ops0.core.project_files import Source

__all__ = ["levels_above", "path_changes", "stop_for_roots", "with_all_roots"]

Made = TypeVar("Made")
Changes = tuple[tuple[ast.Call, tuple[str, ...]], ...]

_POSITIONS = {
    ("sys", "path", "append"): 0,
    ("sys", "path", "insert"): 1,
    ("sys", "path", "extend"): 0,
    ("site", "addsitedir"): 0,
}


class RootsFound(Exception):
    """Code has turned out to start imports elsewhere too: what was found before is worth nothing."""


def with_all_roots(
    shelf: Shelf,
    entry: str,
    roots: tuple[str, ...],
    target: Target,
    work: Callable[[Project], Made],
) -> Made:
    """Do something with the project of a file, again whenever its code has turned out to start imports elsewhere too.

    So that what is found does not depend on which file was read first. Each time there is a root more, and a project
    has only so many folders.
    raises: what ``work`` raises once all roots are known
    """
    late: tuple[str, ...] = ()
    while True:
        project = shelf.project(entry, roots, target, late)
        project.more.clear()  # of what was asked before
        try:
            with old_objects_rest():
                _find_roots(project, entry)
                stop_for_roots(project)
                made = work(project)
        except (Ops0Error, RootsFound):
            if not project.more:
                raise
        else:
            if not project.more:
                return made
        late = (*late, *sorted(project.more))


def stop_for_roots(project: Project) -> None:
    """Go no further with a project that lacks roots. Raises RootsFound."""
    if project.more:
        raise RootsFound


def path_changes(reach: Reach) -> Iterator[Warn]:
    """Make roots of what modules put on ``sys.path``; gives what reached ones put on it in vain.

    Of the modules that are reached, and of all that importing the file may execute: not of others that have been read.
    """
    executed = World.gathered(reach.entry).modules.keys() | reach.kept.keys()
    for module, call, path in _no_folders(reach.project, executed):
        if module.path in reach.kept and (_inside(path) is None or is_known(path)):
            yield _outside(module, call, path)


def levels_above(source: Source, entry: str) -> int:
    """How many folders above a source's root the file itself puts on ``sys.path``. Raises what reading it does."""
    module = Shelf(source).project(entry, (".",), Target(python="3.11"), ()).module(entry)
    folders = (_from_root(path) or "" for _, added in _changes(module) for path in added)
    return max((one.split("/").count("..") for one in folders), default=0)


def _find_roots(project: Project, entry: str) -> None:
    """Make roots of what the modules put on ``sys.path`` that importing a file may execute: before all other work."""
    with suppress(Ops0Error, RecursionError):  # told by whoever needs what cannot be read
        modules = World.gathered(project.module(entry)).modules
        for _ in _no_folders(project, modules.keys()):
            pass


def _no_folders(
    project: Project, paths: AbstractSet[str]
) -> Iterator[tuple[Module, ast.Call, str]]:
    """What modules put on ``sys.path``: folders of the project become roots, the others are given."""
    for module, changes in _all_changes(project, paths):
        for call, path in ((call, path) for call, added in changes for path in added):
            inside = _inside(path)
            if inside is not None and project.source.is_dir(inside):
                project.start_in(inside)
            else:
                yield module, call, path


def _all_changes(project: Project, paths: AbstractSet[str]) -> Iterator[tuple[Module, Changes]]:
    """Those of modules, by path. Few have any, and each is looked through once."""
    known = project.path_changes
    for path in paths - known.keys():
        known[path] = _changes(project.module(path))
    changing = sorted(path for path in paths if known[path])
    yield from ((project.module(path), known[path]) for path in changing)


def _changes(module: Module) -> Changes:
    """The calls of a module that change ``sys.path``, with what they may add: the same for every step."""
    found = ((call, call.args[_POSITIONS[chain_of(call.func) or ()]]) for call in _calls(module))
    return tuple((call, tuple(_paths(module, call, argument))) for call, argument in found)


def _calls(module: Module) -> Iterator[ast.Call]:
    if not any(b"sys.path" in line or b"addsitedir" in line for line in module.parsed.lines):
        return
    main = {
        id(inner)
        for node in module.parsed.tree.body
        if isinstance(node, ast.If) and is_main_guard(node.test)
        for one in node.body
        for inner in walk(one)
    }
    for node in walk(module.parsed.tree):
        if isinstance(node, ast.Call) and id(node) not in main:
            position = _POSITIONS.get(chain_of(node.func) or ())
            if position is not None and len(node.args) > position:
                yield node


def _paths(module: Module, call: ast.Call, argument: ast.expr) -> Iterator[str]:
    spots = Spots(lambda *_: ())
    place = Spot(module, argument, module.around.get(id(call), ()))
    extends = isinstance(call.func, ast.Attribute) and call.func.attr == "extend"
    items = spots.elements(place) if extends else [place]
    for one in items or [place]:
        yield from texts(spots, one)


def _inside(path: str) -> str | None:
    """A path as a folder of the project; None where it is outside, or unknown."""
    folder = _from_root(path)
    return None if folder is None or folder.startswith("..") else folder


def _from_root(path: str) -> str | None:
    """A path as seen from the project's root; None for an absolute one, or one that is not known."""
    if not is_known(path) or path.startswith("/"):
        return None
    return posixpath.normpath(path.removeprefix(ROOT).lstrip("/") or ".")


def _outside(module: Module, call: ast.Call, path: str) -> Warn:
    fact = (
        "a folder that is only known when it runs"
        if not is_known(path)
        else f"'{path.removeprefix(f'{ROOT}/')}', which is no folder of the project"
    )
    return Warn(
        where=module.where(call.lineno),
        text=f"`{ast.unparse(call)[:60]}` imports from {fact}",
        hint="move the code below the project's root, or install it as a package",
    )
