"""Files that code names by more than literals: ``self.root / name``, ``Settings.root``, ``path_of("x.csv")``."""

from __future__ import annotations

import posixpath
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from ops0.core.analyzer.hidden.answers import Callee
from ops0.core.analyzer.hidden.spot import Spot
from ops0.core.analyzer.hidden.spots import Spots
from ops0.core.analyzer.hidden.texts import ROOT, UNKNOWN, texts
from ops0.core.analyzer.project.module import Module
from ops0.core.analyzer.project.paths import KnownPath
from ops0.core.analyzer.syntax.model import PathUse

__all__ = ["Paths", "paths_named"]

Paths = tuple[KnownPath, ...]


_MOST_KEPT = 8

_Calls = tuple[tuple[Callee, Iterable[Spot]], ...]
"""Callees that had a say in an answer, each with its calls."""


@dataclass(frozen=True, slots=True)
class _Kept:
    """The paths that an expression may be where these calls are known."""

    calls: _Calls
    paths: Paths

    def holds(self, spots: Spots) -> bool:
        """Whether the step at hand knows the same calls: asked once for all expressions with the same ones."""
        key = id(self.calls)
        if key not in spots.knows:
            spots.knows[key] = all(spots.sites(*callee) is calls for callee, calls in self.calls)
        return spots.knows[key]


def paths_named(spots: Spots, module: Module, use: PathUse) -> Paths:
    """The paths that an expression may be, each with what is known of it; none where nothing is.

    Many steps know the same calls of the functions behind it: for those it is followed once.
    """
    key = ("named files", id(use.node))  # the syntax of a module lives as long as its memory
    kept: list[_Kept] = module.memory.once(key, list)
    for one in reversed(kept):
        if one.holds(spots):
            return one.paths
    spots.answers.callees = 0
    found = _paths(spots, module, use)
    callees = spots.answers.numbers.things(spots.answers.callees)
    kept.append(_Kept(_calls_of(spots, module, callees), found))
    del kept[:-_MOST_KEPT]
    return found


def _calls_of(spots: Spots, module: Module, callees: Iterable[Callee]) -> _Calls:
    """The calls of some callees, as one value for all expressions that depend on the same ones."""
    found = tuple((one, spots.sites(*one)) for one in callees)
    key = ("calls", frozenset((id(one[1]), id(calls)) for one, calls in found))
    return module.project.memory.once(key, lambda: found)


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
