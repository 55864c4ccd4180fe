"""Imports that are kept so that modules are executed, and in the order in which they were."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING

from ops0.core.analyzer.effects.looking import Bits
from ops0.core.analyzer.effects.world import World
from ops0.core.analyzer.project.module import Module
from ops0.core.analyzer.syntax.model import Imported

if TYPE_CHECKING:
    from ops0.core.analyzer.reach.direct import Direct
    from ops0.core.analyzer.reach.reach import Reach

__all__ = ["Order"]


class Order:
    """The imports of modules that change things: the first of them decides when one does.

    pending:  imports of modules that change something, or import one that does; to be kept where they are reached
    imported: those that are kept, or will be
    """

    def __init__(self, reach: Reach, world: World) -> None:
        self.reach, self.world = reach, world
        self.pending: Bits = 0
        self.imported: Bits = 0

    def lead_to(self, module: Module) -> bool:
        """Keep the imports through which a reached module executes this one; False where none does."""
        if module.path in self.reach.kept:
            return True
        steps: dict[str, tuple[Module, Bits, str] | None] = {module.path: None}
        pending = deque([module.path])
        while pending:
            path = pending.popleft()
            if path in self.reach.kept:
                while (step := steps[path]) is not None:
                    here, one, path = step
                    if not one & self.imported:
                        self._import(here, one)
                return True
            for here, one in self.world.imports.of.get(path, ()):
                if here.path not in steps:
                    steps[here.path] = (here, one, path)
                    pending.append(here.path)
        return False

    def act(self, module: Module) -> None:
        """Note a module that changes things, and those that execute it when they are imported."""
        self.pending |= self.world.imports.leading_to(module.path)

    def keep(self) -> bool:
        """Keep every import of a module that changes things, in what is reached; says whether there is another one."""
        changed = False
        for path in list(self.reach.kept) if self.pending & ~self.imported else ():
            wanted = self.world.imports.by.get(path, 0) & self.pending & ~self.imported
            if wanted:
                changed = True
                self._import(self.reach.project.module(path), wanted)
        return changed

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
