"""Imports that are kept so that modules are executed, and in the order in which they were."""

from __future__ import annotations

from itertools import islice
from types import MappingProxyType
from typing import TYPE_CHECKING

from ops0.core.analyzer.effects.growing import Growing
from ops0.core.analyzer.effects.looking import Bits
from ops0.core.analyzer.effects.world import World
from ops0.core.analyzer.project.module import Module
from ops0.core.analyzer.syntax.model import Imported

if TYPE_CHECKING:
    from ops0.core.analyzer.reach.direct import Direct
    from ops0.core.analyzer.reach.reach import Reach

__all__ = ["Order"]


class Order(Growing["Reach"]):
    """The imports of modules that change things: the first of them decides when one does.

    pending:  imports of modules that change something, or import one that does; to be kept where they are reached
    imported: those that are kept, or will be
    """

    anew = MappingProxyType({"_executed": 0, "_asked": 0})

    def __init__(self, reach: Reach, world: World) -> None:
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
        """Keep imports for what executing their modules does, not for their names. Many steps keep the same ones."""
        self.imported |= wanted
        key = ("executing", wanted, id(self.world))
        module.memory.once(key, lambda: self._executing(module, wanted)).add_to(self.reach)

    def _executing(self, module: Module, wanted: Bits) -> Direct:
        alone = self.reach.alone()
        for index, at in self.world.imports.places(wanted):
            unit = module.units[index]
            one = module.extract(unit).imports[at]
            alone.keep(module, unit)
            if unit.kind != "import":
                continue
            if _names_a_module(module, one):
                alone.keep_import(module, unit, one)
                alone.follow(module, one, (), unit, bare=False)
            else:
                alone.take(module, unit, None)
                alone.touch_name(module.absolute(one) or "")
        return alone.frozen()


def _names_a_module(module: Module, one: Imported) -> bool:
    """Whether an import names a module, not something in one."""
    if one.name is None:
        return True
    project, dotted = module.project, module.absolute(one) or ""
    found = project.file_module(dotted)
    return project.is_local(f"{dotted}.{one.name}") and (
        found is None or found is module or one.name not in found.bindings
    )
