"""What the code around a name does with the object that it holds: looks at what somebody has put in, or may put it in.

Told to look is only what surely does: a model that is handed to a trainer may be fitted there.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from typing import Literal

from ops0.core.analyzer.effects.doings import CHANGE_FIRST, CHANGE_OWNER
from ops0.core.analyzer.pipelines.apart_objects import ANY_KEY, constant_key, is_mapping
from ops0.core.analyzer.project.resolve import External, Local
from ops0.core.analyzer.syntax.conditions import chain_of
from ops0.core.analyzer.syntax.model import Chain
from ops0.core.analyzer.syntax.walking import walk

__all__ = ["Look", "Meaning", "Spot", "is_returned", "key_at", "look_at"]

Look = Literal["looks", "asks", "fills", "passes"]
"""It looks at what is in; is ready to find nothing, as ``CACHE.get(key)``; may put something in; does none of these."""
Meaning = External | Local | Literal["builtin"] | None
"""What a name in the code of a function means; None for a value of its own."""

_LEARNED = frozenset(
    {"decision_function", "evaluate", "feature_importances", "forecast", "get_booster", "get_weights"}
    | {"inverse_transform", "kneighbors", "save", "save_model", "score", "score_samples", "state_dict", "transform"}
)  # fmt: skip
"""What gives out what a model has learned, beside ``predict...`` and ``coef_``."""
_UNLEARNED = frozenset(
    {"cpu", "cuda", "double", "eval", "float", "get_params", "half", "named_steps", "steps", "to"}
)
"""What neither needs nor changes that. All else may train it: ``parameters`` go to an optimizer."""
_TAKE_LEARNED = frozenset({"check_is_fitted", "dump", "dumps", "permutation_importance", "save"})
"""Functions that give out what the model has learned that they are given."""
_NO_CONTENT = frozenset({"callable", "hash", "id", "isinstance", "type"})
"""Built-in functions to which it is all the same what an object holds."""
_MISSING = frozenset({"BaseException", "Exception", "KeyError", "LookupError"})
_NOT_FITTED = frozenset({"AttributeError", "BaseException", "Exception", "NotFittedError"})
_DISPLAYS = (ast.Dict, ast.List, ast.Set, ast.Tuple)
_TESTS = (ast.Assert, ast.Compare, ast.If, ast.IfExp, ast.UnaryOp, ast.While)
_READ = (*_TESTS, ast.BinOp, ast.FormattedValue, ast.Starred, ast.keyword)


@dataclass(frozen=True, slots=True)
class Spot:
    """Where a function names an object.

    rest:   the attributes that follow at once;  around: what it stands in, from the inside
    kind:   which of Python's collections it is, as its display; None for a model
    means:  what a dotted name at that place means
    within: what a function of the project that a call means does with the object, which is among its arguments
    """

    node: ast.expr
    rest: Chain
    around: Sequence[ast.AST]
    kind: type[ast.expr] | None
    means: Callable[[ast.expr], Meaning]
    within: Callable[[Local, ast.Call, ast.expr], Look]


def look_at(spot: Spot) -> Look:
    """What the code does with the object."""
    return _at_model(spot) if spot.kind is None else _at_collection(spot)


def key_at(spot: Spot) -> Hashable:
    """Which key of a mapping it looks at, where the code says it; ANY_KEY for everything else."""
    outer = spot.around[0]
    keyed = is_mapping(spot.kind) and not spot.rest and isinstance(outer, ast.Subscript)
    return constant_key(outer.slice) if keyed and isinstance(outer, ast.Subscript) else ANY_KEY


def _at_model(spot: Spot) -> Look:
    if spot.rest:
        stored = not isinstance(getattr(spot.node, "ctx", None), ast.Load)
        if stored or _ready_for_none(spot):
            return "fills"
        name = spot.rest[0]
        fitted = name.endswith("_") and not name.startswith("_")
        if fitted or name.startswith("predict") or name in _LEARNED:
            return "looks"
        return "passes" if name in _UNLEARNED else "fills"
    call = _call_with(spot)
    if call is not None:
        if _name_of(call) in _TAKE_LEARNED:
            return "looks"
        meaning = spot.means(call.func)
        if isinstance(meaning, Local):
            return spot.within(meaning, call, spot.node)
        return "passes" if meaning == "builtin" and _name_of(call) != "vars" else "fills"
    outer = spot.around[0]
    called = isinstance(outer, ast.Call) and outer.func is spot.node
    return "looks" if called or is_returned(spot) else "fills"


def _ready_for_none(spot: Spot) -> bool:
    """Whether it says what is to be done with a model that has not learned: ``except NotFittedError:``."""
    tried = (one for one in spot.around if isinstance(one, ast.Try))
    tests = (one.test for one in spot.around if isinstance(one, (ast.If, ast.IfExp)))
    asked = (inner for test in tests for inner in walk(test) if isinstance(inner, ast.Call))
    return any(_catches(one, _NOT_FITTED) for one in tried) or any(
        _name_of(one) == "hasattr" for one in asked
    )


def _at_collection(spot: Spot) -> Look:
    outer = spot.around[0]
    if spot.rest:
        if spot.rest[0] in CHANGE_OWNER:
            return "fills"
        return "asks" if is_mapping(spot.kind) and _asks_for_key(spot) else "looks"
    if isinstance(outer, ast.Subscript):
        return _at_item(spot, outer) if outer.value is spot.node else "looks"
    if isinstance(outer, ast.BoolOp) or (is_mapping(spot.kind) and isinstance(outer, _TESTS)):
        return "asks"
    call = _call_with(spot)
    if call is not None:
        return _at_call(spot, call)
    if isinstance(outer, (ast.For, ast.AsyncFor, ast.comprehension)):
        return "looks" if outer.iter is spot.node else "fills"
    return "looks" if isinstance(outer, _READ) or is_returned(spot) else "fills"


def _asks_for_key(spot: Spot) -> bool:
    """``CACHE.get(key)``, ``key in CACHE.keys()``."""
    compared = len(spot.around) > 1 and isinstance(spot.around[1], ast.Compare)
    return spot.rest[0] == "get" or (spot.rest[0] == "keys" and compared)


def _at_item(spot: Spot, item: ast.Subscript) -> Look:
    """``TOTALS["a"]`` looks, ``GROUPS[name].append(row)`` fills."""
    inner: ast.expr = item
    for outer in spot.around[1:]:
        if not isinstance(inner.ctx, ast.Load):  # type: ignore[attr-defined]
            return "fills"
        if not isinstance(outer, (ast.Attribute, ast.Subscript)) or outer.value is not inner:
            break
        inner = outer
    if isinstance(inner, ast.Attribute) and inner.attr in CHANGE_OWNER:
        return "fills"
    tried = (one for one in spot.around if isinstance(one, ast.Try))
    return "asks" if any(_catches(one, _MISSING) for one in tried) else "looks"


def _catches(node: ast.Try, faults: frozenset[str]) -> bool:
    caught = [one.type for one in node.handlers]
    return any(
        one is None or any((chain_of(each) or ("",))[-1] in faults for each in walk(one))
        for one in caught
    )


def _at_call(spot: Spot, call: ast.Call) -> Look:
    """What a call does with a collection among its arguments: what is not the project's tells it by its name."""
    name, meaning = _name_of(call), spot.means(call.func)
    if name in CHANGE_FIRST:
        return "fills"
    if meaning == "builtin":
        if name in _NO_CONTENT:
            return "passes"
        return "fills" if name in ("eval", "exec") else "looks"
    helped = any(isinstance(spot.means(one), Local) for one in call.args if one is not spot.node)
    if helped or (meaning is None and isinstance(call.func, ast.Name)):
        return "fills"
    if isinstance(meaning, Local):  # in a mapping it may look for a key of its own
        return "fills" if is_mapping(spot.kind) else spot.within(meaning, call, spot.node)
    return "looks"


def _call_with(spot: Spot) -> ast.Call | None:
    """The call of which the object itself is an argument."""
    outer = spot.around[0]
    if isinstance(outer, ast.keyword) and outer.arg is not None:
        outer = spot.around[1]
    elif isinstance(outer, ast.keyword):
        return None
    return outer if isinstance(outer, ast.Call) and outer.func is not spot.node else None


def _name_of(call: ast.Call) -> str:
    function = call.func
    if isinstance(function, ast.Attribute):
        return function.attr
    return function.id if isinstance(function, ast.Name) else ""


def is_returned(spot: Spot) -> bool:
    """``return MODEL``, ``return {"model": MODEL}``."""
    outer = next((one for one in spot.around if not isinstance(one, _DISPLAYS)), None)
    return isinstance(outer, (ast.Return, ast.Yield, ast.YieldFrom))
