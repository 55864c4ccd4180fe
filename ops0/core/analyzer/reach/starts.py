"""Finished reaches that others go on from: most of what the functions of a project reach is the same.

What is reached follows from where a reach began, and is never less where more is known: every rule adds something for
what is there, and none asks what came first. So a reach has all that any part of its beginning leads to, and may take
that as it was found before. Which parts are worth finishing is seen from the reaches that had much to find: what two
of them have in common is finished by itself, for them and for all that begin with it too.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from ops0.core.analyzer.effects.kept_sets import kept_sets
from ops0.core.analyzer.project.module import Module

if TYPE_CHECKING:
    from ops0.core.analyzer.reach.finishing import Finishing
    from ops0.core.analyzer.reach.reach import Reach

__all__ = ["Begun", "Root", "Start", "Starts", "begin_at", "roots_of", "size_of"]

_EXECUTED = -1
_MOST_NOTED = 8
_MUCH = 4
"""A start is worth its work that gives a quarter of a reach,"""
_FEW = 500
"""and this many units: fewer are found as soon as they are copied."""


Root = tuple[str, int]
"""A unit that is kept, by its path and index; ``_EXECUTED`` where that stands for its module."""


@dataclass(frozen=True, slots=True)
class Begun:
    """Where a reach began, with all that names lead to from there, and how many units it came to."""

    roots: frozenset[Root]
    size: int


@dataclass(frozen=True, slots=True)
class Start(Begun):
    """A finished reach."""

    finished: Finishing


@dataclass
class Starts:
    """Those of the reaches that begin in one file.

    noted: reaches that had much to find themselves, the last few
    """

    known: list[Start] = field(default_factory=list)
    noted: list[Begun] = field(default_factory=list)

    def nearest(self, roots: frozenset[Root]) -> Start | None:
        """The largest one that is part of what begins there."""
        fitting = (one for one in self.known if one.roots <= roots)
        return max(fitting, key=lambda one: (one.size, len(one.roots)), default=None)

    def wanted(self, roots: frozenset[Root], nearest: Start | None) -> frozenset[Root] | None:
        """Where another one would begin, for what begins there and for others to come; None: that would gain little.

        What a start that does not fit has in common with it, else what the reach of before has that is most like it.
        Finding that is no work lost: the reach itself would have to.
        """
        own, size = (nearest.roots, nearest.size) if nearest is not None else (frozenset(), 0)
        for begun in (self.known, self.noted):
            more = (one for one in begun if one.size - size > max(_FEW, one.size // _MUCH))
            common = max((roots & one.roots for one in more), key=len, default=own) | own
            if len(common) > len(own):
                return common
        return None

    def add(self, start: Start) -> None:
        """Note one, in place of those that begin with more and have little more."""
        self.known = [
            one
            for one in self.known
            if not start.roots < one.roots or _MUCH * (one.size - start.size) > one.size
        ]
        self.known.append(start)

    def note(self, begun: Begun, found: int) -> None:
        """Note a finished reach. ``found``: how much of it had to be found."""
        if _MUCH * found > begun.size:
            self.noted = [*self.noted, begun][-_MOST_NOTED:]


def roots_of(reach: Reach) -> frozenset[Root]:
    """All that a reach has by now: the modules that are executed, and the units whose names have been followed.

    What it has of import statements follows from these.
    """
    return frozenset(root for module, kept in kept_sets(reach) for root in _followed(module, kept))


def _followed(module: Module, kept: frozenset[int]) -> Iterable[Root]:
    """Found once for the same units."""
    return module.memory.once(
        ("roots", kept),
        lambda: (
            (module.path, _EXECUTED),
            *((module.path, at) for at in kept if module.units[at].kind != "import"),
        ),
    )


def begin_at(reach: Reach, roots: Iterable[Root]) -> None:
    """Begin a reach there."""
    for path, index in sorted(roots):
        module = reach.project.module(path)
        reach.touch(module)
        if index != _EXECUTED:
            reach.keep(module, module.units[index])
    reach.drain()


def size_of(reach: Reach) -> int:
    """How many units a reach has."""
    return sum(map(len, reach.kept.values()))
