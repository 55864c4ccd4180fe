"""Imports that are kept so that modules are executed, and in the order in which they were."""

from __future__ import annotations

from itertools import islice
from types import MappingProxyType

from ops0.core.analyzer.effects.growing import Growing
from ops0.core.analyzer.effects.looking import Bits
from ops0.core.analyzer.effects.reached import Reached
from ops0.core.analyzer.effects.world import World
from ops0.core.analyzer.project.module import Module

__all__ = ["Order"]


class Order(Growing[Reached]):
    """The imports of modules that change things: the first of them decides when one does.

    pending:  imports of modules that change something, or import one that does; to be kept where they are reached
    imported: those that are kept, or will be
    """

    anew = MappingProxyType({"_executed": 0, "_asked": 0})

    def __init__(self, reach: Reached, world: World) -> None:
        super().__init__(reach)
        self.world = world
        self.pending: Bits = 0
        self.imported: Bits = 0
        self._executed: Bits = 0
        self._asked = 0

    def executes(self, module: Module) -> bool:
        """Whether a module is reached, or executed by one that is."""
        return module.path in self.reach.kept or bool(
            self.executed() & self.world.imports.leading_to(module.path)
        )

    def executed(self) -> Bits:
        """The imports of all modules that are reached."""
        if self._asked != len(self.reach.kept):  # nothing is ever taken out
            by = self.world.imports.by
            for path in islice(self.reach.kept, self._asked, None):
                self._executed |= by.get(path, 0)
            self._asked = len(self.reach.kept)
        return self._executed

    def act(self, module: Module) -> None:
        """Note a module that changes things, and those that execute it when they are imported."""
        self.pending |= self.world.imports.leading_to(module.path)

    def keep(self) -> bool:
        """Keep every import of a module that changes things, in what is reached; says whether there is another one."""
        wanted = self.pending & self.executed() & ~self.imported
        if not wanted:
            return False
        for path in list(self.reach.kept):
            here = self.world.imports.by.get(path, 0) & wanted
            if here:
                self._import(self.reach.project.module(path), here)
        return True

    def _import(self, module: Module, wanted: Bits) -> None:
        self.imported |= wanted
        self.reach.keep_executed(module, self.world.imports.places(wanted))
