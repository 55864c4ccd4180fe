"""Which imports execute which modules, as numbers: the same for every step."""

from __future__ import annotations

from dataclasses import dataclass, field

from ops0.core.analyzer.effects.looking import Bits, Numbered
from ops0.core.analyzer.project.module import Module
from ops0.core.analyzer.syntax.model import Unit

__all__ = ["Imports"]


@dataclass(eq=False)
class Imports:
    """The imports at the top of all modules, each with a bit of its own.

    by:    path of a module to those that it has
    of:    path to those that execute it;   from_: path to the modules that have these
    """

    by: dict[str, Bits] = field(default_factory=dict)
    of: dict[str, Bits] = field(default_factory=dict)
    from_: dict[str, set[str]] = field(default_factory=dict)
    _numbers: Numbered[tuple[str, int, int]] = field(default_factory=Numbered)
    _leading: dict[str, Bits] = field(default_factory=dict)
    _places: dict[Bits, tuple[tuple[int, int], ...]] = field(default_factory=dict)

    def note(self, module: Module, unit: Unit, at: int, target: Module) -> None:
        """Note that a statement of a module executes another one. ``at``: by which of its imports."""
        one = self._numbers[module.path, unit.index, at]
        self.by[module.path] = self.by.get(module.path, 0) | one
        self.of[target.path] = self.of.get(target.path, 0) | one
        self.from_.setdefault(target.path, set()).add(module.path)

    def places(self, imports: Bits) -> tuple[tuple[int, int], ...]:
        """The index of the statement of each, and which of its imports it is."""
        if imports not in self._places:
            found = self._numbers.things(imports)
            self._places[imports] = tuple((index, at) for _, index, at in found)
        return self._places[imports]

    def leading_to(self, path: str) -> Bits:
        """Those that execute a module, and those that execute the modules which these are in."""
        if path not in self._leading:
            # Thousands of imports, of which a module has dozens: they are joined module by module.
            found, seen, pending = 0, {path}, [path]
            while pending:
                here = pending.pop()
                found |= self.of.get(here, 0)
                more = self.from_.get(here, set()) - seen
                seen |= more
                pending += more
            self._leading[path] = found
        return self._leading[path]
