"""Imports that are kept so that modules are executed, and in the order in which they were."""

from __future__ import annotations

from collections import defaultdict, deque
from typing import TYPE_CHECKING

from ops0.core.analyzer.effects.world import World
from ops0.core.analyzer.project.module import Module
from ops0.core.analyzer.syntax.model import Imported

if TYPE_CHECKING:
    from ops0.core.analyzer.reach.direct import Direct
    from ops0.core.analyzer.reach.reach import Reach

__all__ = ["Order"]

_Import = tuple[int, int]
"""The index of a unit of a module, and the place among its imports: many steps ask for the same ones."""


class Order:
    """The imports of modules that change things: the first of them decides when one does.

    acting:   paths of modules that change something, or import one that does
    pending:  their imports by the path of the module that imports them, until that is reached
    imported: those that are kept, likewise
    """

    def __init__(self, reach: Reach, world: World) -> None:
        self.reach, self.world = reach, world
        self.acting: set[str] = set()
        self.pending: dict[str, dict[_Import, None]] = {}
        self.imported: dict[str, set[_Import]] = defaultdict(set)

    def lead_to(self, module: Module) -> bool:
        """Keep the imports through which a reached module executes this one; False where none does."""
        if module.path in self.reach.kept:
            return True
        steps: dict[str, tuple[Module, _Import, str] | None] = {module.path: None}
        pending = deque([module.path])
        while pending:
            path = pending.popleft()
            if path in self.reach.kept:
                while (step := steps[path]) is not None:
                    here, one, path = step
                    if one not in self.imported[here.path]:
                        self._import(here, (one,))
                return True
            for here, one in self.world.importers.get(path, ()):
                if here.path not in steps:
                    steps[here.path] = (here, one, path)
                    pending.append(here.path)
        return False

    def act(self, module: Module) -> None:
        """Note a module that changes things, and those that execute it when they are imported."""
        if module.path in self.acting:
            return
        pending = [module.path]
        while pending:
            path = pending.pop()
            if path not in self.acting:
                self.acting.add(path)
                for here, one in self.world.importers.get(path, ()):
                    self.pending.setdefault(here.path, {})[one] = None
                    pending.append(here.path)

    def keep(self) -> bool:
        """Keep every import of a module that changes things, in what is reached; says whether there is another one."""
        changed = False
        for path in [path for path in self.pending if path in self.reach.kept]:
            known, pending = self.imported.get(path), self.pending.pop(path)
            wanted = tuple(one for one in pending if one not in known) if known else tuple(pending)
            if wanted:
                changed = True
                self._import(self.reach.project.module(path), wanted)
        return changed

    def _import(self, module: Module, wanted: tuple[_Import, ...]) -> None:
        """Keep imports for what executing their modules does, not for their names. Many steps keep the same ones."""
        self.imported[module.path].update(wanted)
        key = ("executing", frozenset(wanted))
        module.memory.once(key, lambda: self._executing(module, wanted)).add_to(self.reach)

    def _executing(self, module: Module, wanted: tuple[_Import, ...]) -> Direct:
        alone = self.reach.alone()
        for index, at in wanted:
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
