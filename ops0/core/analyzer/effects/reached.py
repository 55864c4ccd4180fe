"""What effects see of a reach while it grows, and what they may do to it: no more of it is theirs to know."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from typing import Protocol

from ops0.core.analyzer.project.module import Module
from ops0.core.analyzer.project.modules import Project
from ops0.core.analyzer.syntax.model import Cell, Chain, Extract, Imported, Unit

__all__ = ["Reached"]


class Reached(Protocol):
    """What one function reaches so far. It only grows, also by what is kept here.

    sets, all_sets, all_wanted, told, grown: notes of ``kept_sets.py``
    """

    sets: dict[str, frozenset[int]]
    all_sets: tuple[int, Sequence[tuple[Module, frozenset[int]]]]
    all_wanted: tuple[object, Sequence[tuple[Module, frozenset[int]]]]
    told: dict[str, frozenset[int]]
    grown: list[tuple[Module, frozenset[int]]]

    @property
    def project(self) -> Project:
        """Whose modules these are."""

    @property
    def entry(self) -> Module:
        """The module in which it began."""

    @property
    def kept(self) -> Mapping[str, AbstractSet[int]]:
        """Units, by path."""

    @property
    def taken(self) -> Mapping[str, AbstractSet[tuple[int, Imported | str | None]]]:
        """What is used of import statements, by path."""

    @property
    def names(self) -> AbstractSet[Cell]:
        """The names whose bindings are reached."""

    @property
    def tops(self) -> AbstractSet[str]:
        """The libraries that are imported."""

    @property
    def extras(self) -> Sequence[tuple[Module, Extract]]:
        """Reached code that is no unit."""

    @property
    def idle(self) -> dict[tuple[str, int], tuple[Module, Unit, Unit]]:
        """Methods that are kept and that nobody wants, by path and index."""

    def modules(self) -> Sequence[Module]:
        """The project's modules that are reached, by path."""

    def keep(self, module: Module, unit: Unit) -> None:
        """Keep a unit, whose names are followed later."""

    def keep_import(self, module: Module, unit: Unit, one: Imported) -> None:
        """Keep one name of an import statement."""

    def keep_executed(self, module: Module, places: tuple[tuple[int, int], ...]) -> None:
        """Keep imports for what executing their modules does: the index of each statement, and which of its imports."""

    def follow(
        self, module: Module, one: Imported, rest: Chain, unit: Unit | None, *, bare: bool
    ) -> None:
        """Go where an import leads."""

    def libraries_of(self, module: Module, unit: Unit) -> frozenset[str]:
        """The libraries that a statement needs with all that it uses."""
