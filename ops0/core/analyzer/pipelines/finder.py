"""Which step a pipeline's call means."""

from __future__ import annotations

from dataclasses import dataclass, field

from ops0.core.analyzer.pipelines.declared_steps import DeclaredStep, declare
from ops0.core.analyzer.project.markers import decorator_marks
from ops0.core.analyzer.project.module import Module
from ops0.core.analyzer.project.resolve import Local, resolve
from ops0.core.analyzer.syntax.model import Chain
from ops0.core.errors import Ops0Error

__all__ = ["Finder"]


@dataclass
class Finder:
    """Finds the step behind a dotted name of a module, also ``helpers.load`` of an imported one.

    steps: those that the pipeline file offers
    """

    steps: tuple[DeclaredStep, ...]
    faults: list[Ops0Error]
    more: dict[int, DeclaredStep] = field(default_factory=dict)

    def find(self, module: Module, chain: Chain) -> DeclaredStep | None:
        """See FindStep."""
        found = resolve(module, chain)
        if not isinstance(found, Local) or found.rest or found.unit.kind != "define":
            return None
        for step in self.steps:
            if step.node is found.unit.node:
                return step
        if "step" not in decorator_marks(found.module, found.unit):
            return None
        key = id(found.unit.node)
        if key not in self.more:
            made, faults = declare(found, ".".join(chain), found.unit.index, None)
            self.faults += faults
            if made is None:
                return None
            self.more[key] = made
        return self.more[key]
