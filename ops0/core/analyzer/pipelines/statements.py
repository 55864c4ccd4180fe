"""Statements of a pipeline function, read in the order in which Python would run them: loops are unrolled."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from typing import Any

from ops0.core.analyzer.pipelines.calculations import calculated, truth_of
from ops0.core.analyzer.pipelines.drawing import Signal, label_of
from ops0.core.analyzer.pipelines.expressions import (
    assign,
    gone_over,
    names_in,
)
from ops0.core.analyzer.pipelines.frames import Frame
from ops0.core.analyzer.pipelines.operators import BINARY, check_size
from ops0.core.analyzer.pipelines.pieces import BROKEN, is_changeable

__all__ = ["read_body"]

_BLOCKS = {
    ast.AsyncFor: "a loop decides while the pipeline runs",
    ast.While: "how often `while` goes round is only known when the pipeline runs",
    ast.With: "`with` does nothing for steps that run elsewhere",
    ast.Try: "errors of steps are not caught in a pipeline",
    ast.Import: "imports belong to the top of the file",
    ast.ImportFrom: "imports belong to the top of the file",
    ast.FunctionDef: "functions belong to the top of the file",
    ast.Assert: "a check of values belongs into a step",
}
_WHILE = "write for … in range(10), or give the work to a step"


def read_body(frame: Frame, node: ast.FunctionDef) -> tuple[ast.Return | None, Any]:
    """The ``return`` that ends a pipeline function, None where it ends without, and the value that it gives."""
    reading = _Reading(frame)
    reading.block(node.body)
    return reading.end, reading.returned


class _Reading:
    """One function's statements. ``returned``: what it gives back."""

    def __init__(self, frame: Frame) -> None:
        self.frame = frame
        self.end: ast.Return | None = None
        self.returned: Any = None

    def block(self, statements: Sequence[ast.stmt]) -> Signal:
        """Read statements until one of them leaves the block."""
        for at, one in enumerate(statements):
            signal = self.statement(one)
            if signal == "return" and isinstance(one, ast.Return) and statements[at + 1 :]:
                self.frame.fault(statements[at + 1], "nothing can follow `return`")
            if signal is not None:
                return signal
        return None

    def statement(self, node: ast.stmt) -> Signal:
        """Read one of them."""
        frame = self.frame
        frame.drawing.spend(frame.module, node)
        if isinstance(node, ast.If):
            return self.decided(node)
        if isinstance(node, ast.For):
            return self.loop(node)
        if isinstance(node, ast.Break):
            return "break"
        if isinstance(node, ast.Continue):
            return "continue"
        if isinstance(node, ast.Return):
            self.returned = None if node.value is None else frame.value(node.value)
            self.end = node
            return "return"
        self.simple(node)
        return None

    def simple(self, node: ast.stmt) -> None:
        """One that the next always follows."""
        frame = self.frame
        if isinstance(node, ast.Expr):
            if not isinstance(node.value, ast.Constant):
                frame.value(node.value)
        elif isinstance(node, ast.Assign):
            value = frame.value(node.value)
            for target in node.targets:
                assign(frame, target, node.value, value)
        elif isinstance(node, ast.AnnAssign):
            if node.value is not None:
                assign(frame, node.target, node.value, frame.value(node.value))
        elif isinstance(node, ast.AugAssign):
            self.add_to(node)
        elif not isinstance(node, ast.Pass):
            fact = _BLOCKS.get(type(node), "this statement joins no steps")
            frame.fault(node, fact, _WHILE if isinstance(node, ast.While) else None)
            self.give_up(node)

    def add_to(self, node: ast.AugAssign) -> None:
        """``models += [train(rows)]``."""
        frame = self.frame
        if not isinstance(node.target, ast.Name) or node.target.id not in frame.values:
            frame.fault(node.target, "only names can be added to")
            return
        before, more = frame.values[node.target.id], frame.value(node.value)
        known = [frame.is_known(node.target, before), frame.is_known(node.value, more)]
        value: Any = BROKEN
        if all(known) and isinstance(node.op, ast.Add) and isinstance(before, list):
            more = frame.loop_over(node.value, more)
            if more is not BROKEN and is_changeable(before):
                value = before
                before.extend(more)
                calculated(frame, node, lambda: check_size(before))
            elif more is not BROKEN:
                frame.fault(node, "a list of a module is not changed in a pipeline")
        elif all(known):
            make = BINARY.get(type(node.op))
            if make is None:
                frame.neither(node)
            else:
                value = calculated(frame, node, lambda: make(before, more))
        frame.values[node.target.id] = value

    def decided(self, node: ast.If) -> Signal:
        """``if`` over what is known."""
        truth = truth_of(self.frame, node.test)
        if truth is None:
            self.give_up(node)
            return None
        return self.block(node.body if truth else node.orelse)

    def loop(self, node: ast.For) -> Signal:
        """``for`` over what is known, once for each item."""
        frame = self.frame
        items = gone_over(frame, node.iter)
        if items is BROKEN:
            self.give_up(node)
            return None
        for item in items:
            assign(frame, node.target, node.iter, item)
            with frame.drawing.labelled(label_of(item)):
                signal = self.block(node.body)
            if signal == "return":
                return signal
            if signal == "break":
                return None
        return self.block(node.orelse)

    def give_up(self, node: ast.stmt) -> None:
        """What a statement that cannot be read would bind or change is unknown from here on: one fault is enough."""
        values = self.frame.values
        for name in (*names_in(node), *values.keys() & set(_changed_in(node))):
            values[name] = BROKEN


def _changed_in(node: ast.AST) -> Iterator[str]:
    """The names whose values code may change: ``done.append(one)``, ``done["x"][i] = one``."""
    for one in ast.walk(node):
        owner = one.func if isinstance(one, ast.Call) else one
        if not isinstance(owner, (ast.Attribute, ast.Subscript)):
            continue
        if isinstance(one, ast.Call) or isinstance(owner.ctx, ast.Store):
            part: ast.expr = owner
            while isinstance(part, (ast.Attribute, ast.Subscript)):
                part = part.value
            if isinstance(part, ast.Name):
                yield part.id
