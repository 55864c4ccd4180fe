"""Weak statements that a step has reached and does not want yet: each is asked about again when that may change."""

from __future__ import annotations

from collections.abc import Iterator

from ops0.core.analyzer.effects.growing import Growing
from ops0.core.analyzer.effects.reached import Reached
from ops0.core.analyzer.effects.weak import Weak, weak_statements
from ops0.core.analyzer.effects.world import World
from ops0.core.analyzer.project.module import Module
from ops0.core.analyzer.syntax.model import Cell

__all__ = ["Waiting"]

_Waiting = tuple[Module, Weak]


class Waiting(Growing[Reached]):
    """Those of one reach, while it grows.

    modules: paths whose statements have been asked about
    always:  statements to ask about in each round, as nobody can tell what they wait for
    by_name: the others by a name without which they are not wanted, unless another library is reached
    by_name_alone: likewise where no library makes them wanted: they are not asked about before the name is reached
    """

    def __init__(self, reach: Reached, world: World) -> None:
        super().__init__(reach)
        self.world = world
        self.modules: set[str] = set()
        self.always: list[_Waiting] = []
        self.by_name: dict[Cell, list[_Waiting]] = {}
        self.by_name_alone: dict[Cell, list[_Waiting]] = {}
        self.tops = 0

    def to_ask(self) -> Iterator[_Waiting]:
        """Take those out that may be wanted by now, by the paths of their modules."""
        reach, ready = self.reach, self.always
        self.always = []
        blocked = self.by_name
        if self.tops != len(reach.tops):
            self.tops, self.by_name = len(reach.tops), {}
            for waiting in blocked.values():
                ready += waiting
        else:
            for cell in [one for one in blocked if one in reach.names]:
                ready += blocked.pop(cell)
        alone = self.by_name_alone
        found = [one for cell in alone.keys() & reach.names for one in alone.pop(cell)]
        for path in reach.kept.keys() - self.modules:
            module = reach.project.module(path)
            found += [(module, weak) for weak in weak_statements(self.world, module)]
        ready += [one for one in found if not (one[1].by_names and self._is_put_back(*one))]
        self.modules.update(reach.kept)
        yield from sorted(ready, key=_place)

    def put_back(self, module: Module, weak: Weak) -> None:
        """Note one that is not wanted yet."""
        if not self._is_put_back(module, weak):
            self.always.append((module, weak))

    def _is_put_back(self, module: Module, weak: Weak) -> bool:
        """Note one that waits for a name; says whether it does."""
        cell = self._missing(weak)
        if cell is not None:
            table = self.by_name_alone if weak.by_names else self.by_name
            table.setdefault(cell, []).append((module, weak))
        return cell is not None

    def _missing(self, weak: Weak) -> Cell | None:
        """A name without which a statement is not wanted, unless another library is reached; None: it may be."""
        if weak.acted is not None or weak.names is None or weak.whens or weak.handed:
            return None
        return next((one for one in weak.names.cells if one not in self.reach.names), None)


def _place(one: _Waiting) -> tuple[str, int]:
    return one[0].path, one[1].unit.index
