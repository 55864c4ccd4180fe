"""Which expressions fill which parameters: calls, and functions handed to those who will call them."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence

from ops0.core.analyzer.flow.bodies import Bound, Function
from ops0.core.analyzer.flow.places import INVOKERS
from ops0.core.analyzer.syntax.conditions import chain_of

__all__ = ["Filled", "filled_by_call", "filled_by_handing"]

Filled = dict[str, list[Bound]]
"""Parameter -> what it may be."""

_ITEMS = frozenset(
    {"map", "imap", "imap_unordered", "starmap", "expand", "map_async", "for_each", "foreach", "spawn_map"}
)  # fmt: skip
_CALLED_AS = frozenset(
    {"call", "callable", "fn", "func", "function", "python_callable", "task", "target"}
)
"""Keywords by which a function is handed to somebody who calls it with the ``args`` beside it."""
_BESIDE = {"initializer": "initargs"}
"""Keywords by which a pool is handed what it calls in each of its workers, with the arguments beside it."""
_TUPLES = frozenset({"args", "op_args", "fargs", "arguments"})
_DICTS = frozenset({"kwargs", "kwds", "op_kwargs", "fkwargs", "fn_kwargs", "keywords"})
_LIKE_A_CALL = frozenset(
    {"apply_async", "call_later", "call_soon", "delayed", "partial", "partialmethod", "pipe", "run_in_executor",
     "run_in_threadpool", "run_sync", "submit", "to_thread", "start_new_thread", "apply", "retry_call", "call_fn"}
)  # fmt: skip


def filled_by_call(node: ast.Call, function: Function, *, skip: bool) -> Filled:
    """What a call gives each parameter. ``skip``: the first one is ``self``.

    ``f.map(xs)`` gives items, ``f.apply_async(args=(x,))`` the parts of the tuple,
    ``*`` and ``**`` go to all that are left.
    """
    name = node.func.attr if isinstance(node.func, ast.Attribute) else ""
    how = "item" if name in _ITEMS and name in INVOKERS else "is"
    filling = _Filling(function, skip)
    for argument in node.args:
        filling.positional(argument, item=how == "item")
    for keyword in node.keywords:
        if name == "apply_async" and keyword.arg in _TUPLES | _DICTS:
            filling.packed(keyword.value)
        else:
            filling.keyword(keyword.arg, keyword.value, item=how == "item")
    return filling.filled


def filled_by_handing(
    node: ast.Call, at: int | str, function: Function, *, skip: bool, passes: bool = False
) -> Filled:
    """What a call that is *given* the function will call it with.

    at:     the function's position among the arguments, or its keyword: ``Thread(target=f, args=(x,))``
    passes: who is called hands on the arguments behind the function, as ``def run(step, *inputs)`` does
    """
    filling = _Filling(function, skip)
    of = node.func.value if isinstance(node.func, ast.Attribute) else None
    name = node.func.attr if isinstance(node.func, ast.Attribute) else ""
    name = name or (chain_of(node.func) or ("",))[-1]
    behind = node.args[at + 1 :] if isinstance(at, int) else []
    if at in _CALLED_AS or isinstance(at, int):
        for keyword in node.keywords:
            if keyword.arg in _TUPLES | _DICTS:
                filling.packed(keyword.value)
    beside = [one.value for one in node.keywords if one.arg == _BESIDE.get(str(at))]
    if name == "Pool" and at == 1:
        beside += node.args[2:3] or [one.value for one in node.keywords if one.arg == "initargs"]
    for one in beside:
        filling.packed(one)
    if not isinstance(at, int):
        return filling.filled
    if passes or (name in _LIKE_A_CALL and not _is_frames(node, name)):
        if name == "pipe" and of is not None:
            filling.positional(of, item=False)
        _as_called(filling, node, behind, packs=name in ("apply_async", "apply"))
    elif name in _ITEMS | {"filter"}:
        for argument in behind:
            filling.positional(argument, item=True)
    elif of is not None and _gives_itself(node, name):
        filling.row(of) if _by_rows(node, name) else filling.positional(of, item=False)
    return filling.filled


def _as_called(
    filling: _Filling, node: ast.Call, behind: Sequence[ast.expr], *, packs: bool
) -> None:
    """``submit(f, x, y=z)``; where it packs them, ``apply_async(f, (x,), {"y": z})``."""
    for argument in behind:
        if packs and isinstance(argument, (ast.Tuple, ast.List, ast.Dict)):
            filling.packed(argument)
        else:
            filling.positional(argument, item=False)
    for keyword in node.keywords:
        if keyword.arg not in _TUPLES | _DICTS:
            filling.keyword(keyword.arg, keyword.value, item=False)


def _is_frames(node: ast.Call, name: str) -> bool:
    """``df.apply(f)``, not ``pool.apply(f, (x,))``."""
    if name != "apply":
        return False
    return len(node.args) == 1 or any(one.arg in ("axis", "result_type") for one in node.keywords)


def _gives_itself(node: ast.Call, name: str) -> bool:
    """Whether a frame's method calls the function with frames: ``apply(f, axis=1)``, ``groupby(...).apply(f)``.

    A study's with trials of its library: ``study.optimize(f)``.
    """
    if name == "optimize":
        return True
    if name not in (
        "agg",
        "aggregate",
        "apply",
        "filter",
        "parallel_apply",
        "progress_apply",
        "map_partitions",
        "mapInPandas",
        "applyInPandas",
        "transform",
    ):
        return False
    grouped = any(
        isinstance(one, ast.Attribute)
        and one.attr in ("expanding", "groupby", "resample", "rolling")
        for one in ast.walk(node.func)
    )
    whole = name in ("map_partitions", "mapInPandas", "applyInPandas")
    return grouped or whole or any(one.arg == "axis" for one in node.keywords)


def _by_rows(node: ast.Call, name: str) -> bool:
    """Whether a frame's method calls the function with its rows: ``apply(f, axis=1)``."""
    return name in ("apply", "parallel_apply", "progress_apply") and any(
        one.arg == "axis"
        and isinstance(one.value, ast.Constant)
        and one.value.value in (1, "columns")
        for one in node.keywords
    )


class _Filling:
    def __init__(self, function: Function, skip: bool) -> None:
        arguments = function.args
        free = [one.arg for one in (*arguments.posonlyargs, *arguments.args)]
        self.free = free[1:] if skip else free
        self.named = {*self.free, *(one.arg for one in arguments.kwonlyargs)}
        self.rest = arguments.vararg.arg if arguments.vararg else None
        self.others = arguments.kwarg.arg if arguments.kwarg else None
        self.position = 0
        self.filled: Filled = {}

    def positional(self, node: ast.expr, *, item: bool) -> None:
        """The next parameter; all that are left for ``*x``."""
        if isinstance(node, ast.Starred):
            for one in self._left():
                self._put(one, node.value, item=True)
            self.position = len(self.free)
            return
        left = self.position < len(self.free)
        name = self.free[self.position] if left else self.rest
        self.position += 1
        if name is not None:
            self._put(name, node, item=item)

    def row(self, frame: ast.expr) -> None:
        """The next parameter gets the rows of a frame."""
        if self.free:
            self.filled.setdefault(self.free[0], []).append(Bound(frame, "row"))

    def keyword(self, name: str | None, node: ast.expr, *, item: bool) -> None:
        """A named one; all that are left for ``**x``."""
        if name is None:
            for one in self._left():
                self._put(one, node, item=True)
        elif name in self.named:
            self._put(name, node, item=item)
        elif self.others is not None:
            self._put(self.others, node, item=item)

    def packed(self, node: ast.expr) -> None:
        """The items of a tuple or dictionary that is written out; else anything in it."""
        if isinstance(node, (ast.Tuple, ast.List)):
            for one in node.elts:
                self.positional(one, item=False)
        elif isinstance(node, ast.Dict):
            for key, value in zip(node.keys, node.values, strict=True):
                known = isinstance(key, ast.Constant) and isinstance(key.value, str)
                self.keyword(str(key.value) if known else None, value, item=False)  # type: ignore[union-attr]
        else:
            self.keyword(None, node, item=True)

    def _left(self) -> Sequence[str]:
        names = [*self.free[self.position :], *sorted(self.named - set(self.free))]
        return [*(one for one in names if one not in self.filled), *self._extra()]

    def _extra(self) -> Iterator[str]:
        yield from (one for one in (self.rest, self.others) if one is not None)

    def _put(self, name: str, node: ast.expr, *, item: bool) -> None:
        self.filled.setdefault(name, []).append(Bound(node, "item" if item else "is"))
