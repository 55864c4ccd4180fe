"""A mapped call, ``train.map(folds)``, becomes as many calls as there are items. Pure.

The run learns how many there are when what it maps over is there. From then on it goes on with another pipeline, in
which ``train[0]``, ``train[1]`` ... stand where ``train`` stood, and whoever took its value takes theirs as a list.
They are calls like any other: tried again, kept, resumed and shown each for itself.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace

from ops0.core.arguments import part_sources
from ops0.core.errors import RunError
from ops0.core.graphs.shapes import items_of
from ops0.core.pipeline import (
    Call,
    CallId,
    FromCall,
    FromCalls,
    FromConstant,
    FromParam,
    FromParts,
    Input,
    JsonValue,
    Part,
    Pipeline,
)
from ops0.core.values.store import MOST_APART, TOO_MANY

MOST_ITEMS = MOST_APART
"""How many calls a mapped one may become."""
_ITEM = re.compile(r"(.+)\[(\d+)\]")


class CannotMap(RunError):
    """What a mapped call is to go over has no items, too many, or as many as another argument has not."""

    exit_code = 56

    def __init__(self, call: Call, fact: str, hint: str) -> None:
        super().__init__(f"{call.where}: {call.step}.map: {fact}", hint)
        self.call = call.id


def item_id(call: CallId, index: int) -> CallId:
    """``train[3]``. No step has such a name."""
    return CallId(f"{call}[{index}]")


def of_item(call: CallId) -> tuple[CallId, int] | None:
    """The mapped call and the index behind such a name; None for any other call."""
    found = _ITEM.fullmatch(call)
    return None if found is None else (CallId(found[1]), int(found[2]))


def mapped_over(pipeline: Pipeline) -> frozenset[CallId]:
    """The calls whose results a mapped call takes item by item: they are stored so."""
    return frozenset(
        source.call
        for call in pipeline.calls
        for name, source in call.inputs
        if name in call.each and isinstance(source, FromCall)
    )


def item_count(
    call: Call, params: Mapping[str, JsonValue], counts: Mapping[CallId, int]
) -> int | None:
    """How many calls a mapped call becomes; None while that is not known.

    counts: of the calls that are done, how many items each of those gave that are mapped over
    raises: CannotMap
    """
    found: dict[str, int] = {}
    for name, source in call.inputs:
        if name not in call.each:
            continue
        if isinstance(source, FromCall):
            if source.call not in counts:
                return None
            found[name] = counts[source.call]
        elif isinstance(source, FromCalls):
            found[name] = len(source.calls)
        elif isinstance(source, FromParts):
            found[name] = len(_each_of(call, name, source))
        else:
            found[name] = len(_listed(call, name, source, params))
    if len(set(found.values())) > 1:
        told = ", ".join(f"'{name}' has {count}" for name, count in found.items())
        raise CannotMap(
            call, f"{told} items", "give as many of each, or say by name what is the same for all"
        )
    count = next(iter(found.values()))
    if count > MOST_ITEMS:
        raise CannotMap(call, f"{count} items, at most {MOST_ITEMS} are taken", TOO_MANY)
    return count


def spread_call(
    pipeline: Pipeline, call: Call, count: int, params: Mapping[str, JsonValue]
) -> Pipeline:
    """The pipeline with a call for each item in place of a mapped one."""
    items = tuple(_item(call, index, params) for index in range(count))
    ids = tuple(one.id for one in items)
    calls: list[Call] = []
    for one in pipeline.calls:
        calls += items if one.id == call.id else [_reading(one, call.id, ids)]
    return replace(pipeline, calls=tuple(calls))


def _item(call: Call, index: int, params: Mapping[str, JsonValue]) -> Call:
    inputs = tuple(
        (name, _one(call, name, source, index, params) if name in call.each else source)
        for name, source in call.inputs
    )
    return replace(call, id=item_id(call.id, index), inputs=inputs, each=())


def _one(
    call: Call, name: str, source: Input, index: int, params: Mapping[str, JsonValue]
) -> Input:
    if isinstance(source, FromCall):
        return replace(source, item=index)
    if isinstance(source, FromCalls):
        return FromCall(call=source.calls[index], rule="mapped over it")
    if isinstance(source, FromParts):
        return _each_of(call, name, source)[index]
    return FromConstant(value=_listed(call, name, source, params)[index])


def _reading(call: Call, mapped: CallId, ids: tuple[CallId, ...]) -> Call:
    """A call that may read what a mapped one gives."""

    def new_part(part: Part) -> Part:
        reads = isinstance(part, FromCall) and part.call == mapped
        return FromCalls(call=mapped, calls=ids) if reads else part

    def new(source: Input) -> Input:
        if isinstance(source, FromParts):
            return replace(source, parts=tuple(map(new_part, source.parts)))
        return new_part(source)

    if not any(isinstance(one, FromCall) and one.call == mapped for _, one in part_sources(call)):
        return call
    return replace(call, inputs=tuple((name, new(one)) for name, one in call.inputs))


def _each_of(call: Call, name: str, source: FromParts) -> tuple[Input, ...]:
    items = items_of(source)
    if items is None:
        raise CannotMap(
            call, f"'{name}' is a dict, and has no items in order", "give a list of its values"
        )
    return items


def _listed(
    call: Call, name: str, source: FromParam | FromConstant | Input, params: Mapping[str, JsonValue]
) -> Sequence[JsonValue]:
    value: JsonValue = None
    if isinstance(source, FromParam):
        value = params.get(source.param, source.default)
    elif isinstance(source, FromConstant):
        value = source.value
    if not isinstance(value, list):
        fact = f"'{name}' is {value!r:.60}, and has no items"
        raise CannotMap(call, fact, f"give a list, as {name}=[…], or call the step without .map")
    return value
