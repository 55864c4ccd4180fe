"""Files that code names by more than literals: ``self.root / name``, ``Settings.root``, ``path_of("x.csv")``."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator

from ops0.core.analyzer.hidden.spot import Spot
from ops0.core.analyzer.hidden.spots import Spots
from ops0.core.analyzer.hidden.texts import ROOT, UNKNOWN, texts
from ops0.core.analyzer.project.module import Module
from ops0.core.analyzer.project.paths import KnownPath
from ops0.core.analyzer.syntax.model import PathUse

__all__ = ["Paths", "paths_named"]

Paths = tuple[KnownPath, ...]


def paths_named(spots: Spots, module: Module, use: PathUse) -> Paths:
    """The paths that an expression may be, each with what is known of it; none where nothing is."""
    key = ("named files", id(use.node))  # the syntax of a module lives as long as its memory
    found: Paths | None = module.memory.once(key, lambda: _of_no_call(spots, module, use))
    return found if found is not None else _paths(spots, module, use)


def _of_no_call(spots: Spots, module: Module, use: PathUse) -> Paths | None:
    """The same where no call of the project has a say in it, so that it holds for every step; else None."""
    before = spots.sites_asked
    found = _paths(spots, module, use)
    return found if spots.sites_asked == before else None


def _paths(spots: Spots, module: Module, use: PathUse) -> Paths:
    spot = Spot(module, use.node, module.around.get(id(use.within), ()))
    with spots.one_question():
        parts = spots.elements(spot) or [spot]
        found = [path for one in parts for text in texts(spots, one) for path in _path(text)]
    return tuple(dict.fromkeys(found))


def _path(text: str) -> Iterator[KnownPath]:
    anchored = text.startswith(ROOT)
    inside = posixpath.normpath(text.removeprefix(ROOT).lstrip("/")) if anchored else text
    head, unknown, _ = inside.partition(UNKNOWN)
    if not unknown:
        yield KnownPath(inside, anchored)
    elif "/" in head:
        yield KnownPath(head.rpartition("/")[0], anchored, complete=False, like=inside)
