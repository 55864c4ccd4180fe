"""One pipeline function being read: its module, its names, and what reading an expression of it can tell."""

from __future__ import annotations

import ast
import builtins
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from ops0.core.analyzer.pipelines.declared_steps import DeclaredStep
from ops0.core.analyzer.pipelines.drawing import Drawing
from ops0.core.analyzer.pipelines.pieces import BROKEN, StepItself, is_open
from ops0.core.analyzer.project.markers import is_marked
from ops0.core.analyzer.project.module import Module
from ops0.core.analyzer.project.resolve import Local, resolve
from ops0.core.analyzer.syntax.conditions import chain_of
from ops0.core.analyzer.syntax.model import Chain
from ops0.core.near import did_you_mean
from ops0.core.pipeline import FromCall

__all__ = ["FOR_EACH", "FindStep", "Frame", "shown"]

FindStep = Callable[[Module, Chain], "DeclaredStep | None"]

FOR_EACH = "for a call for each item write results = step.map(items)"
_ABOVE = "a name is bound above the line that takes it: by a step's call, as a parameter or at the top of the module"
_IN_A_STEP = "give it to a step, and do that there"


@dataclass
class Frame:
    """The names of one function that is being read, and where what it says goes.

    read: gives the value of an expression
    call: the same for a call: of a step, a pipeline, or of what Python itself brings
    step: the step that a dotted name of a module means
    """

    module: Module
    drawing: Drawing
    read: Callable[[Frame, ast.expr], Any]
    call: Callable[[Frame, ast.Call], Any]
    step: FindStep
    values: dict[str, Any] = field(default_factory=dict)

    def value(self, node: ast.expr) -> Any:
        """The value of an expression; BROKEN after a fault, which has been noted."""
        return self.read(self, node)

    def fault(self, node: ast.AST, fact: str, hint: str | None = None) -> Any:
        """Tell what is wrong; gives BROKEN."""
        self.drawing.fault(self.module, node, fact, hint)
        return BROKEN

    def neither(self, node: ast.AST) -> Any:
        """Tell that an expression is nothing that a pipeline may hold."""
        chain = chain_of(node)
        if chain is not None and self.values.get(chain[0]) is BROKEN:
            return BROKEN  # why is told already
        if chain is not None and is_marked(self.module, chain, "step", "pipeline"):
            return self.itself(node, shown(node))
        found = resolve(self.module, chain) if chain is not None else None
        if isinstance(found, Local) and found.unit.kind != "define":
            fact = f"what `{shown(node)}` is, is only known when its module runs"
            hint = "write its value out, or make it in the pipeline function"
            return self.fault(node, fact, hint)
        if isinstance(node, ast.Name) and found is None and not hasattr(builtins, node.id):
            return self.fault(node, f"`{node.id}` has no value here", self._bound_how(node.id))
        fact = f"`{shown(node)}` is neither a step's result, nor a parameter, nor a JSON literal"
        return self.fault(node, fact)

    def _bound_how(self, name: str) -> str:
        return did_you_mean(name, self.values, _ABOVE)

    def itself(self, node: ast.AST, name: str) -> Any:
        """Tell that a function is named where its result belongs."""
        fact = f"`{name}` stands for the function itself, not for its result"
        return self.fault(node, fact, f"call it: {name}(...)")

    def open(self, node: ast.AST, value: Any, hint: str = _IN_A_STEP) -> Any:
        """Tell that something is needed now that only the run knows."""
        if value is BROKEN:
            return BROKEN
        when = "when the pipeline runs" if isinstance(value, FromCall) else "when the run starts"
        return self.fault(node, f"what `{shown(node)}` is, is only known {when}", hint)

    def is_known(self, node: ast.AST, value: Any) -> bool:
        """Whether a value is known now; if not, that has been told."""
        if value is BROKEN or is_open(value):
            self.open(node, value)
            return False
        if isinstance(value, StepItself):
            self.itself(node, value.name)
            return False
        return True

    def loop_over(self, node: ast.AST, value: Any) -> Any:
        """What can be gone over, or BROKEN after a fault."""
        if is_open(value):
            fact = f"how many items `{shown(node)}` has is only known when "
            fact += "the pipeline runs" if isinstance(value, FromCall) else "the run starts"
            return self.fault(node, fact, FOR_EACH)
        if isinstance(value, dict):
            return list(value)
        if value is BROKEN or isinstance(value, (list, tuple, range, str)):
            return value
        return self.fault(node, f"`{shown(node)}` has no items to go over")


def shown(node: ast.AST) -> str:
    """Code as people are shown it: its beginning."""
    text = ast.unparse(node)
    return text if len(text) <= 60 else f"{text[:60]}…"
