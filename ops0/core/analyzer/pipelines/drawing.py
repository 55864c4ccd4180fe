"""The graph that a pipeline function draws while it is read: calls with their names, and what is wrong."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Literal

from ops0.core.analyzer.errors import PipelineBody
from ops0.core.analyzer.pipelines.declared_steps import DeclaredStep
from ops0.core.analyzer.project.module import Module
from ops0.core.errors import Ops0Error
from ops0.core.pipeline import Call, CallId, FromCall, Input, StepName, Where

__all__ = ["MOST_CALLS", "Drawing", "label_of"]

MOST_CALLS = 1000
"""How many calls a pipeline may be unrolled into."""
_MOST_WORK = 200_000
"""How many statements and expressions are read, those of a loop once for each item."""
_LONGEST_LABEL = 40
_LONGEST_NAME = 63
_UNFIT = re.compile(r"[^A-Za-z0-9._]+")


@dataclass
class Drawing:
    """What has been read so far.

    known:  all names of steps: no numbered call takes one of them
    labels: what the loops around give to the names of calls, the outermost first
    open:   the pipelines that are being read, each called by the one before it
    """

    known: tuple[str, ...]
    calls: list[Call] = field(default_factory=list)
    steps: dict[int, DeclaredStep] = field(default_factory=dict)
    mapped: set[CallId] = field(default_factory=set)
    faults: list[Ops0Error] = field(default_factory=list)
    labels: list[str] = field(default_factory=list)
    open: list[ast.FunctionDef] = field(default_factory=list)
    changed: dict[tuple[str, str], Where | None] = field(default_factory=dict)
    _taken: set[str] = field(default_factory=set)
    _told: set[str] = field(default_factory=set)
    _work: int = 0

    def fault(self, module: Module, node: ast.AST, fact: str, hint: str | None = None) -> None:
        """Note what is wrong, once: a loop meets it for each item."""
        self.note(PipelineBody(module.where(getattr(node, "lineno", 1)), fact, hint))

    def note(self, fault: Ops0Error) -> None:
        """The same for any fault."""
        if str(fault) not in self._told:
            self._told.add(str(fault))
            self.faults.append(fault)

    def spend(self, module: Module, node: ast.AST) -> None:
        """Count one statement or expression. Raises PipelineBody where there were too many."""
        self._work += 1
        if self._work > _MOST_WORK:
            where = module.where(getattr(node, "lineno", 1))
            fact = f"reading the pipeline takes more than {_MOST_WORK:,} steps of its loops"
            raise PipelineBody(where, fact, _FEWER)

    def add(
        self,
        step: DeclaredStep,
        inputs: tuple[tuple[str, Input], ...],
        where: Where,
        each: tuple[str, ...],
    ) -> FromCall:
        """A call more. Raises PipelineBody where there are too many."""
        if len(self.calls) >= MOST_CALLS:
            raise PipelineBody(where, f"the pipeline makes more than {MOST_CALLS:,} calls", _FEWER)
        name = self._name(step.name)
        self._taken.add(name.lower())
        self.calls.append(
            Call(id=name, step=StepName(step.name), inputs=inputs, where=where, each=each)
        )
        self.steps.setdefault(id(step.node), step)
        if each:
            self.mapped.add(name)
        return FromCall(call=name, rule="called with it")

    @contextmanager
    def labelled(self, label: str) -> Iterator[None]:
        """What is read inside is read for an item of a loop."""
        self.labels.append(label)
        try:
            yield
        finally:
            self.labels.pop()

    def _name(self, step: str) -> CallId:
        """The step's name, in a loop with what it goes over: ``load-eu``; else with the first free number."""
        name = "-".join((step, *filter(None, self.labels)))
        name = name if len(name) <= _LONGEST_NAME else step
        if name.lower() not in self._taken and (name == step or name not in self.known):
            return CallId(name)
        number = 2
        while f"{name}-{number}".lower() in self._taken or f"{name}-{number}" in self.known:
            number += 1
        return CallId(f"{name}-{number}")


_FEWER = "for many items let a step give their list, and write results = step.map(items)"


def label_of(item: Any) -> str:
    """What an item of a loop gives to the names of its calls: its own text, that of a tuple's first text; or none.

    >>> [label_of(one) for one in ("eu", 2024, (0, "us"), "data/it.csv", {"a": 1})]
    ['eu', '2024', 'us', 'data-it.csv', '']
    """
    if isinstance(item, tuple):
        texts = [one for one in item if isinstance(one, str)]
        numbers = [one for one in item if isinstance(one, (int, float))]
        return next(filter(None, map(label_of, (*texts, *numbers))), "")
    if not isinstance(item, (str, int, float)):
        return ""
    text = _UNFIT.sub("-", str(item)).strip("-._")
    return text if len(text) <= _LONGEST_LABEL else ""


Signal = Literal["return", "break", "continue"] | None
"""Why the rest of a block is not read."""
