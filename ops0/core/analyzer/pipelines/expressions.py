"""Expressions of a pipeline function: what is known before the run is calculated, results of steps are handed on."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from ops0.core.analyzer.pipelines.calculations import (
    binary,
    both,
    calculated,
    compare,
    either,
    text,
    truth_of,
    unary,
)
from ops0.core.analyzer.pipelines.constants import module_constant
from ops0.core.analyzer.pipelines.drawing import label_of
from ops0.core.analyzer.pipelines.frames import FOR_EACH, Frame, shown
from ops0.core.analyzer.pipelines.pieces import (
    BROKEN,
    StepItself,
    is_changeable,
    is_open,
    is_scalar,
)
from ops0.core.analyzer.syntax.conditions import chain_of
from ops0.core.pipeline import FromCall

__all__ = ["assign", "gone_over", "names_in", "value_of"]


def value_of(frame: Frame, node: ast.expr) -> Any:
    """The value of an expression; BROKEN after a fault, which has been noted."""
    frame.drawing.spend(frame.module, node)
    if isinstance(node, ast.Constant):
        return node.value
    if isinstance(node, ast.Name) and node.id in frame.values:
        return frame.values[node.id]
    if isinstance(node, ast.Call):
        return frame.call(frame, node)
    if isinstance(node, (ast.Name, ast.Attribute)):
        step = _step_itself(frame, node)
        if step is not None:
            return step
    read = _READERS.get(type(node))
    return module_constant(frame, node) if read is None else read(frame, node)


def _step_itself(frame: Frame, node: ast.Name | ast.Attribute) -> StepItself | None:
    chain = chain_of(node)
    if chain is None or chain[0] in frame.values:
        return None
    step = frame.step(frame.module, chain)
    return None if step is None else StepItself(step, shown(node))


# lists, tuples, dicts


def _sequence(frame: Frame, node: ast.expr) -> Any:
    assert isinstance(node, (ast.List, ast.Tuple))  # noqa: S101 - see _READERS
    found: list[Any] = []
    for one in node.elts:
        if not isinstance(one, ast.Starred):
            found.append(value_of(frame, one))
            continue
        items = frame.loop_over(one.value, value_of(frame, one.value))
        if items is BROKEN:
            return BROKEN
        found += items
    if any(one is BROKEN for one in found):
        return BROKEN
    return tuple(found) if isinstance(node, ast.Tuple) else found


def _dict(frame: Frame, node: ast.expr) -> Any:
    assert isinstance(node, ast.Dict)  # noqa: S101 - see _READERS
    made: dict[Any, Any] = {}
    broken = False
    for key_node, one in zip(node.keys, node.values, strict=True):
        value = value_of(frame, one)
        if key_node is None:
            broken |= value is BROKEN or (not isinstance(value, dict) and _no_dict(frame, one))
            made.update(value if isinstance(value, dict) else {})
            continue
        key = _key_of(frame, key_node)
        broken |= key is BROKEN or value is BROKEN
        if key is not BROKEN:
            made[key] = value
    return BROKEN if broken else made


def _no_dict(frame: Frame, node: ast.expr) -> bool:
    frame.fault(node, f"`{shown(node)}` is no dict that is known before the run")
    return True


def _key_of(frame: Frame, node: ast.expr) -> Any:
    """A text, number, bool or None to find something by; BROKEN after a fault."""
    key = value_of(frame, node)
    if not frame.is_known(node, key):
        return BROKEN
    return key if is_scalar(key) else frame.fault(node, f"`{shown(node)}` is no text or number")


def _subscript(frame: Frame, node: ast.expr) -> Any:
    assert isinstance(node, ast.Subscript)  # noqa: S101 - see _READERS
    owner = value_of(frame, node.value)
    if isinstance(node.slice, ast.Slice):
        if not frame.is_known(node.value, owner):
            return BROKEN
        ends = (node.slice.lower, node.slice.upper, node.slice.step)
        parts = [None if one is None else _key_of(frame, one) for one in ends]
        if BROKEN in parts:
            return BROKEN
        return calculated(frame, node, lambda: owner[slice(*parts)])
    if owner is BROKEN:
        return BROKEN
    key = _key_of(frame, node.slice)
    if key is BROKEN:
        return BROKEN
    if is_open(owner):
        return _item_of(frame, node, owner, key)
    return calculated(frame, node, lambda: owner[key])


def _item_of(frame: Frame, node: ast.expr, value: Any, index: Any) -> Any:
    """The index-th of what a call gives."""
    if value is BROKEN:
        return BROKEN
    if isinstance(value, FromCall) and value.call in frame.drawing.mapped:
        fact = "how many items that gives is only known when it runs"
        return frame.fault(node, fact, "give the whole list to a step")
    number = isinstance(index, int) and not isinstance(index, bool) and index >= 0
    if isinstance(value, FromCall) and value.item is None and number:
        return FromCall(call=value.call, rule=f"item {index} of it", item=index)
    fact = "of a step's result only item 0, 1, … of a tuple can be taken here"
    return frame.fault(node, fact, "give it whole to a step, or return a tuple from the step")


# comprehensions


class _NoRounds(Exception):
    """What a comprehension goes over cannot be told; that has been said."""


def _comprehension(frame: Frame, node: ast.expr) -> Any:
    assert isinstance(node, (ast.ListComp, ast.DictComp))  # noqa: S101 - see _READERS
    before = dict(frame.values)
    try:
        made = [_made(frame, node) for _ in _rounds(frame, node.generators)]
    except _NoRounds:
        return BROKEN
    finally:
        frame.values = before  # its names are its own
    if any(BROKEN in (key, value) for key, value in made):
        return BROKEN
    return dict(made) if isinstance(node, ast.DictComp) else [value for _, value in made]


def _made(frame: Frame, node: ast.ListComp | ast.DictComp) -> tuple[Any, Any]:
    if isinstance(node, ast.DictComp):
        return _key_of(frame, node.key), value_of(frame, node.value)
    return None, value_of(frame, node.elt)


def _rounds(frame: Frame, generators: list[ast.comprehension]) -> Iterator[None]:
    """Once for each item, its names bound."""
    if not generators:
        yield
        return
    first, *rest = generators
    items = gone_over(frame, first.iter)
    if items is BROKEN or first.is_async:
        raise _NoRounds
    for item in items:
        assign(frame, first.target, first.iter, item)
        tests = [truth_of(frame, test) for test in first.ifs]
        if None in tests:
            raise _NoRounds
        if all(tests):
            with frame.drawing.labelled(label_of(item)):
                yield from _rounds(frame, rest)


def gone_over(frame: Frame, node: ast.expr) -> Any:
    """What a loop goes over, or BROKEN after a fault."""
    return frame.loop_over(node, value_of(frame, node))


def assign(frame: Frame, target: ast.expr, node: ast.expr, value: Any) -> None:
    """Give a value, or the items of one, their names."""
    frame.drawing.spend(frame.module, target)
    if isinstance(target, ast.Name):
        frame.values[target.id] = value
    elif isinstance(target, (ast.Tuple, ast.List)) and not _has_star(target):
        count = len(target.elts)
        if is_open(value) or value is BROKEN:
            values = [_item_of(frame, node, value, index) for index in range(count)]
        else:
            given = frame.loop_over(node, value)
            values = [] if given is BROKEN else list(given)
            if given is not BROKEN and len(values) != count:
                frame.fault(node, f"{len(values)} values for {count} names")
            values = values if len(values) == count else [BROKEN] * count
        for one, part in zip(target.elts, values, strict=True):
            assign(frame, one, node, part)
    elif isinstance(target, ast.Subscript) and not isinstance(target.slice, ast.Slice):
        _put(frame, target, value)
    else:
        frame.fault(target, "only names can be assigned to", "write `a, b = step(...)`")


def _has_star(target: ast.Tuple | ast.List) -> bool:
    return any(isinstance(one, ast.Starred) for one in target.elts)


def _put(frame: Frame, target: ast.Subscript, value: Any) -> None:
    """``models["eu"] = train(...)``."""
    owner, key = value_of(frame, target.value), _key_of(frame, target.slice)
    if owner is BROKEN or key is BROKEN:
        return
    if not is_changeable(owner):
        frame.fault(target, f"`{shown(target.value)}` is no list or dict that the pipeline made")
        return
    calculated(frame, target, lambda: owner.__setitem__(key, value))


def names_in(node: ast.AST) -> Iterator[str]:
    """The names that code binds."""
    for one in ast.walk(node):
        if isinstance(one, ast.Name) and isinstance(one.ctx, ast.Store):
            yield one.id


def _generator(frame: Frame, node: ast.expr) -> Any:
    return frame.fault(node, f"`{shown(node)}` is a generator", f"write a list, […]; {FOR_EACH}")


_READERS: Mapping[type[ast.expr], Callable[[Frame, ast.expr], Any]] = {
    ast.List: _sequence,
    ast.Tuple: _sequence,
    ast.Dict: _dict,
    ast.Subscript: _subscript,
    ast.ListComp: _comprehension,
    ast.DictComp: _comprehension,
    ast.GeneratorExp: _generator,
    ast.JoinedStr: text,
    ast.BinOp: binary,
    ast.UnaryOp: unary,
    ast.BoolOp: both,
    ast.IfExp: either,
    ast.Compare: compare,
}
