"""Annotations that are texts until reached code evaluates them: ``get_type_hints(cls)``, ``TypeAdapter(cls)``."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from ops0.core.analyzer.effects.growing import Growing
from ops0.core.analyzer.project.having import having
from ops0.core.analyzer.project.module import Module
from ops0.core.analyzer.project.resolve import Local, resolve
from ops0.core.analyzer.syntax.annotations import annotation_reads, names_in_text
from ops0.core.analyzer.syntax.conditions import chain_of
from ops0.core.analyzer.syntax.model import Chain, Extract, Unit

if TYPE_CHECKING:
    from ops0.core.analyzer.reach.reach import Reach

__all__ = ["Hints"]

_EVALUATORS = frozenset(
    {"HfArgumentParser", "TypeAdapter", "get_annotations", "get_type_hints", "resolve_types", "structured"}
)  # fmt: skip
"""What evaluates the annotations of a class that it is given: in typing, inspect, pydantic, attrs, omegaconf and
transformers."""
_LIBRARIES = frozenset(
    {
        "apischema", "cattr", "cattrs", "dacite", "dataclass_wizard", "jsonargparse", "msgspec", "serde",
        "simple_parsing", "typedload", "tyro",
    }
)  # fmt: skip
"""Libraries that are there to make instances of classes by their annotations."""
_TEXTS = tuple(name.encode() for name in _EVALUATORS)


class Hints(Growing["Reach"]):
    """Follows what the annotations of reached classes name, once reached code evaluates annotations.

    Which class it asks for is not known: all that are reached count. Of functions only those that it names do, for
    nearly every function has annotations, and they are rarely asked for.
    """

    def __init__(self, reach: Reach) -> None:
        super().__init__(reach)
        self.done: set[tuple[str, int]] = set()

    def add(self) -> bool:
        """Keep what has become wanted; says whether anything may have."""
        before = len(self.done)
        for module in self.reach.modules() if self._are_evaluated() else ():
            for index in _fields(module).keys() & self.reach.kept[module.path]:
                if (module.path, index) not in self.done:
                    self._follow(module, index, _fields(module)[index])
        for module, evaluating in self._evaluating():
            kept = self.reach.kept[module.path]
            for index, chains in evaluating.items():
                for chain in chains if index in kept else ():
                    self._follow_function(module, chain)
        return len(self.done) > before

    def _are_evaluated(self) -> bool:
        return not _LIBRARIES.isdisjoint(self.reach.tops) or any(
            not self.reach.kept[module.path].isdisjoint(evaluating)
            for module, evaluating in self._evaluating()
        )

    def _evaluating(self) -> Iterator[tuple[Module, Mapping[int, tuple[Chain, ...]]]]:
        return having(self.reach.project, "evaluating", self.reach.modules(), _evaluating)

    def _follow_function(self, module: Module, chain: Chain) -> None:
        found = resolve(module, chain)
        node = found.unit.node if isinstance(found, Local) else None
        if not isinstance(found, Local) or not isinstance(node, ast.FunctionDef):
            return
        if (found.module.path, found.unit.index) not in self.done:
            every = annotation_reads(node, lazy=False)
            self._follow(found.module, found.unit.index, tuple(_names(every)))

    def _follow(self, module: Module, index: int, chains: tuple[Chain, ...]) -> None:
        self.done.add((module.path, index))
        for chain in chains:
            self.reach.lookup(module, chain, None)


def _names(annotations: list[ast.expr]) -> Iterator[Chain]:
    for one in annotations:
        yield from names_in_text(ast.unparse(one)) or ()


def _fields(module: Module) -> Mapping[int, tuple[Chain, ...]]:
    """What the fields' annotations of each class name, where annotations are texts: the same for every step."""

    def find() -> dict[int, tuple[Chain, ...]]:
        units = module.units if module.surroundings.lazy else ()
        found = {
            unit.index: tuple(_names(_annotations(unit.node)))
            for unit in units
            if isinstance(unit.node, ast.ClassDef) and not unit.dead
        }
        return {index: chains for index, chains in found.items() if chains}

    return module.memory.once("fields", find)


def _annotations(node: ast.ClassDef) -> list[ast.expr]:
    return [one.annotation for one in node.body if isinstance(one, ast.AnnAssign)]


def _evaluating(module: Module) -> Mapping[int, tuple[Chain, ...]]:
    """The units that evaluate annotations, with what they name to be asked for: the same for every step."""

    def find() -> dict[int, tuple[Chain, ...]]:
        source = b"".join(module.parsed.lines)
        if not any(text in source for text in _TEXTS):
            return {}
        aliases = _aliases(module)
        return {
            unit.index: tuple(_asked_for(module.extract(unit), aliases))
            for unit in module.units
            if _evaluates(module, unit)
        }

    return module.memory.once("evaluating", find)


def _aliases(module: Module) -> frozenset[str]:
    """The names that the module has for evaluators: ``from typing import get_type_hints as hints_of``."""
    made = (one for unit in module.units for one in unit.imports if one.name in _EVALUATORS)
    return frozenset(one.bound for one in made) | _EVALUATORS


def _evaluates(module: Module, unit: Unit) -> bool:
    piece = module.extract(unit)
    return (
        any(one.name in _EVALUATORS for one in (*unit.imports, *piece.imports))
        or any(call.chain[-1] in _EVALUATORS for call in piece.calls)
        or any(read.chain[-1] in _EVALUATORS for read in piece.reads)
    )


def _asked_for(piece: Extract, aliases: frozenset[str]) -> Iterator[Chain]:
    for call in piece.calls:
        chain = chain_of(call.node.args[0]) if call.node.args else None
        if chain is not None and call.chain[-1] in aliases:
            yield chain
