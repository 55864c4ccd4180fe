"""Code that finds modules by looking into a folder of the project: what it lists goes along, what it loads is kept."""

from __future__ import annotations

import ast
import posixpath
from collections.abc import Iterator

from ops0.core.analyzer.hidden.discovery import is_finder
from ops0.core.analyzer.hidden.spot import Spot
from ops0.core.analyzer.hidden.spots import Spots
from ops0.core.analyzer.hidden.texts import ROOT, UNKNOWN, is_known, texts
from ops0.core.analyzer.project.modules import Project
from ops0.core.analyzer.reach.reach import Reach
from ops0.core.pipeline import Reason

__all__ = ["files_like", "keep_loaded", "take_listed"]

_MOST = 1_000
"""A folder with more modules than this is no folder of plug-ins."""


def take_listed(reach: Reach, spots: Spots, place: Spot) -> None:
    """``pkgutil.iter_modules(package.__path__)``: the files go along, so that the list is the same in a container.

    They are not imported by that, so that what they import is needed only where something imports them too.
    """
    node = place.node
    walks = isinstance(node, ast.Call) and ast.unparse(node.func).endswith("walk_packages")
    for folder in _folders(spots, place):
        for path in _code_in(reach.project, folder, deep=walks):
            where = place.module.where(node.lineno)
            reach.files.setdefault(path, Reason(where, f"lists {path}"))


def keep_loaded(reach: Reach, spots: Spots, place: Spot) -> None:
    """``finder.find_spec(name)`` on what ``iter_modules`` has given: each file of the folder may be executed."""
    node = place.node
    owner = (
        node.func.value
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)
        else None
    )
    for one in spots.behind(place.at(owner)) if owner is not None else ():
        if is_finder(one.node):
            for folder in _folders(spots, one):
                for path in _code_in(reach.project, folder, deep=False):
                    shown = ast.unparse(node)[:60]
                    where = place.module.where(node.lineno)
                    why = f"{where}: `{shown}` executes it"
                    reach.keep_whole(reach.project.module(path), where, why)


def files_like(project: Project, path: str) -> list[str]:
    """The Python files of the project that a path with one unknown part may be: ``plugins/?.py``."""
    inside = path.removeprefix(f"{ROOT}/")
    folder, name = posixpath.split(posixpath.normpath(inside))
    if not is_known(folder) or folder.startswith(("/", "..", ROOT)) or not folder:
        return []
    start, _, rest = name.partition(UNKNOWN)
    end = rest.rpartition(UNKNOWN)[2]
    names = (one for one in project.source.list(folder) if one.endswith(".py"))
    fitting = [one for one in names if one.startswith(start) and one.endswith(end)]
    return [posixpath.join(folder, one) for one in fitting] if len(fitting) <= _MOST else []


def _folders(spots: Spots, place: Spot) -> Iterator[str]:
    """The folders of the project that a call of ``iter_modules`` looks into."""
    node = place.node
    assert isinstance(node, ast.Call)  # noqa: S101 - what finders are
    given = (
        node.args[0]
        if node.args
        else next((k.value for k in node.keywords if k.arg == "path"), None)
    )
    if given is None:
        return
    items = spots.elements(place.at(given))
    for one in [place.at(given)] if items is None else items:
        for text in texts(spots, one):
            folder = posixpath.normpath(text.removeprefix(ROOT).lstrip("/") or ".")
            if is_known(text) and not text.startswith("/") and not folder.startswith(".."):
                yield folder


def _code_in(project: Project, folder: str, *, deep: bool) -> list[str]:
    """The Python files of a folder, its packages' own ``__init__`` included."""
    found: list[str] = []
    pending = [folder]
    while pending and len(found) <= _MOST:
        here = pending.pop()
        for name in project.source.list(here):
            full = posixpath.normpath(posixpath.join(here, name))
            start = posixpath.join(full, "__init__.py")
            if name.endswith(".py") and name != "__init__.py":
                found.append(full)
            elif project.read(start) is not None:
                found.append(start)
                pending += [full] * deep
    return sorted(found) if len(found) <= _MOST else []
