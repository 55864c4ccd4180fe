"""Files that code names by more than literals: ``self.root / name``, ``Settings.root``, ``path_of("x.csv")``."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator

from ops0.core.analyzer.hidden.kept_answers import kept_answer
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
    spot = Spot(module, use.node, module.around.get(id(use.within), ()))
    return kept_answer(spots, "named files", spot, lambda: _paths(spots, spot))


def _paths(spots: Spots, spot: Spot) -> Paths:
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
