"""Objects of libraries that reached code does more with than register something on them: ``app()``, ``run(app)``.

Or with what holds the object: ``app.add_typer(sub)``, ``@cli.group() def sub()``.
"""

from __future__ import annotations

import ast
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from collections.abc import Set as AbstractSet
from types import MappingProxyType
from typing import TYPE_CHECKING

from ops0.core.analyzer.effects.filling import is_filling
from ops0.core.analyzer.effects.growing import Growing
from ops0.core.analyzer.effects.kept_sets import Grown
from ops0.core.analyzer.effects.reached import Reached
from ops0.core.analyzer.project.module import Module
from ops0.core.analyzer.project.resolve import Local, resolve, resolve_import
from ops0.core.analyzer.syntax.model import DEFINITIONS, Cell, Extract, Read, Unit
from ops0.core.analyzer.syntax.sharing import shared

if TYPE_CHECKING:
    from ops0.core.analyzer.effects.world import World

__all__ = ["Consulted", "Consulting", "holders_of"]


_LOOKING = frozenset(
    {"GlobalTable", "Table", "channel", "conf", "config", "debug", "extensions", "instance_path", "jinja_env", "log",
     "logger", "name", "root_path", "secret_key", "settings", "state", "static_folder", "template_folder", "title",
     "topic", "url_for", "url_path_for", "version"}
)  # fmt: skip
"""Attributes of applications that run nothing of what is registered on them: ``app.logger.info("x")``."""


class Consulting:
    """Of one world: by which names its objects with registrations are consulted. The same for every step."""

    def __init__(self, world: World) -> None:
        found: dict[Cell, set[Cell]] = defaultdict(set)
        for cell in world.registrants:
            for holder in _holding(world, cell):
                found[holder].add(cell)
        self.objects: Mapping[Cell, AbstractSet[Cell]] = found
        self._known: dict[tuple[str, frozenset[int]], frozenset[Cell]] = {}

    @staticmethod
    def of(world: World) -> Consulting:
        """That of a world, looked at once."""
        if world.consulting is None:
            world.consulting = Consulting(world)
        return world.consulting

    def by(self, cells: Iterable[Cell]) -> Iterator[Cell]:
        """The objects that are consulted by these names."""
        for cell in cells:
            yield from self.objects.get(cell, ())

    def by_kept(self, module: Module, kept: frozenset[int]) -> frozenset[Cell]:
        """Those by a module's kept units. Many steps keep the same ones of a module."""
        key = module.path, kept
        if key not in self._known:
            found = {one for index in kept for one in _by_unit(module, module.units[index])}
            self._known[key] = shared(self.by(found))
        return self._known[key]


class Consulted(Growing[Reached]):
    """Of one reach, while it grows: the objects with registrations that its code consults.

    heard: how many extras have been asked
    """

    anew = MappingProxyType({"heard": 0})

    def __init__(self, reach: Reached, world: World) -> None:
        super().__init__(reach)
        self.world = world
        self.grown = Grown(reach)
        self.found: set[Cell] = set()
        self.heard = 0

    def by_now(self) -> AbstractSet[Cell]:
        """All of them."""
        consulting = Consulting.of(self.world)
        self.found.update(consulting.by(_by_extras(self.reach.extras[self.heard :])))
        self.heard = len(self.reach.extras)
        self.found.update(*(consulting.by_kept(*one) for one in self.grown.since()))
        return self.found


def holders_of(world: World, cells: AbstractSet[Cell]) -> set[Cell]:
    """The names whose values hold the value of one of these."""
    found = 0
    for cell in world.holders.keys() & cells:
        found |= world.holders[cell]
    return set(world.cells.things(found))


def _holding(world: World, cell: Cell) -> AbstractSet[Cell]:
    """A name, and all whose values hold its value."""
    found, pending = {cell}, {cell}
    while pending:
        pending = holders_of(world, pending) - found
        found |= pending
    return found


def _by_extras(extras: Iterable[tuple[Module, Extract]]) -> Iterator[Cell]:
    """The names that reached code which is no unit reads for more than to register something on what they name."""
    for module, piece in extras:
        for read in piece.reads:
            cell = _cell_of(module, read) if read.deferred else None
            if cell is not None and not is_filling(module, read):
                yield cell


def _by_unit(module: Module, unit: Unit) -> frozenset[Cell]:
    """Those of a unit, found once.

    Not by ``app.add_middleware(...)``, which is kept for its own sake, nor by decorators.
    """

    def find() -> frozenset[Cell]:
        if unit.kind in ("effect", "import"):
            return shared(())
        piece: Extract = module.extract(unit)
        lines = _decorator_lines(unit.node)
        reads = (
            read
            for read in piece.reads
            if (read.deferred or read.line not in lines) and not is_filling(module, read)
        )
        return shared(cell for read in reads if (cell := _cell_of(module, read)) is not None)

    return module.memory.once(("consulted by", unit.index), find)


def _cell_of(module: Module, read: Read) -> Cell | None:
    found = (
        resolve_import(module, read.via[-1], read.chain[1:])
        if read.via
        else resolve(module, read.chain)
    )
    if not isinstance(found, Local) or _LOOKING.intersection(found.rest[:1]):
        return None
    return found.module.path, found.name


def _decorator_lines(node: ast.stmt) -> frozenset[int]:
    decorators = node.decorator_list if isinstance(node, DEFINITIONS) else []
    return frozenset(
        number
        for one in decorators
        for number in range(one.lineno, (one.end_lineno or one.lineno) + 1)
    )
