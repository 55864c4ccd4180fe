"""A pipeline function as it is while it runs in this process: the steps it calls are called by way of ops0. Host only.

A step stays the plain function it is. What is changed is a copy of the pipeline function: wherever its code names a
step (in comprehensions and inner functions, under another name, in a module), or a function that does, as another
pipeline, the copy sees a stand-in. The original and its module stay as they are, so two runs side by side do not meet.
"""

from __future__ import annotations

import dis
import functools
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from types import CellType, CodeType, FunctionType, ModuleType
from typing import Any, TypeAlias, cast

from ops0.core.api.each import Each
from ops0.core.api.marks import is_step, place_of
from ops0.core.errors import InvalidPipelineError

__all__ = ["CallStep", "CalledSteps"]

CallStep: TypeAlias = Callable[[FunctionType, tuple[Any, ...], dict[str, Any]], Any]
"""Step, arguments by place, arguments by name -> its result."""

Names: TypeAlias = frozenset[str]
Key: TypeAlias = tuple[int, Names]
_ALL: Names = frozenset()


class CalledSteps:
    """What a pipeline function names, and what that names, as far as functions that stand where steps do go.

    steps: those that it may call
    """

    def __init__(self, function: FunctionType) -> None:
        self.steps: list[FunctionType] = []
        self._function = function
        self._seen: dict[Key, Any] = {}  # the values too, so that an id stays one value's
        self._users: dict[Key, set[Key]] = defaultdict(set)
        self._declares = {id(function.__globals__): True}
        self._follow()

    def bound(self, call: CallStep) -> Callable[..., Any]:
        """The function as it runs when its steps are called by ``call``.

        raises: InvalidPipelineError where what calls steps also writes global names: the copy would write its own
        """
        found: Any = _Binding(self._towards_steps(), call).stand_in(self._function, _ALL)
        return cast("Callable[..., Any]", found)

    def _follow(self) -> None:
        todo: list[tuple[Any, Names]] = [(self._function, _ALL)]
        while todo:
            value, names = todo.pop()
            key = _key(value, names)
            if key in self._seen:
                continue
            self._seen[key] = value
            if is_step(value):
                self.steps.append(value)
                continue
            for _, part, inner in _named(value, names):
                behind = part.function if isinstance(part, Each) else part
                if isinstance(behind, ModuleType) or self._counts(behind):
                    self._users[_key(behind, inner)].add(key)
                    todo.append((behind, inner))

    def _towards_steps(self) -> set[Key]:
        """The keys of the steps, and of everything by way of which one is named."""
        found: set[Key] = set()
        todo = [_key(step, _ALL) for step in self.steps]
        while todo:
            key = todo.pop()
            if key not in found:
                found.add(key)
                todo += self._users[key]
        return found

    def _counts(self, value: Any) -> bool:
        """Whether it may call a step: a function that is marked itself, or stands in a module where one is."""
        if not isinstance(value, FunctionType):
            return False
        module = value.__globals__
        if id(module) not in self._declares:
            self._declares[id(module)] = any(map(_is_marked, list(module.values())))
        return self._declares[id(module)] or _is_marked(value)


class _Binding:
    """Makes the stand-ins, one for each value."""

    def __init__(self, towards: set[Key], call: CallStep) -> None:
        self._towards, self._call = towards, call
        self._made: dict[Key, Any] = {}

    def stand_in(self, value: Any, names: Names) -> Any:
        """The stand-in for a value; the value itself where it leads to no step."""
        if isinstance(value, Each):
            function = self.stand_in(value.function, _ALL)
            return value if function is value.function else Each(function)
        key = _key(value, names)
        if key not in self._towards:
            return value
        if key not in self._made:
            if isinstance(value, ModuleType):
                self._copy_module(value, names)
            elif is_step(value):
                self._made[key] = self._called(value)
            else:
                self._copy_function(value)
        return self._made[key]

    def _called(self, step: FunctionType) -> Callable[..., Any]:
        @functools.wraps(step)
        def called(*args: Any, **named: Any) -> Any:
            return self._call(step, args, named)

        called.map = Each(called)  # type: ignore[attr-defined]
        return called

    # A copy is known before it is filled: functions name each other, and themselves.

    def _copy_module(self, module: ModuleType, names: Names) -> None:
        copied = self._made[_key(module, names)] = ModuleType(module.__name__)
        copied.__dict__.update(module.__dict__)
        for name, part, inner in _named(module, names):
            copied.__dict__[name] = self.stand_in(part, inner)

    def _copy_function(self, function: FunctionType) -> None:
        _refuse_global_writes(function)
        cells = {name: CellType() for name, *_ in _in_cells(function)}
        kept = zip(function.__code__.co_freevars, function.__closure__ or (), strict=True)
        copied = FunctionType(
            function.__code__,
            dict(function.__globals__),
            function.__name__,
            function.__defaults__,
            tuple(cells.get(name, cell) for name, cell in kept),
        )
        self._made[_key(function, _ALL)] = functools.update_wrapper(copied, function)
        copied.__kwdefaults__ = function.__kwdefaults__
        for name, part, inner in _in_globals(function):
            copied.__globals__[name] = self.stand_in(part, inner)
        for name, part, inner in _in_cells(function):
            cells[name].cell_contents = self.stand_in(part, inner)


def _key(value: Any, names: Names) -> Key:
    """Tell values apart. Of a module counts what the code that names it may take out of it."""
    return id(value), names if isinstance(value, ModuleType) else _ALL


def _named(value: Any, names: Names) -> Iterator[tuple[str, Any, Names]]:
    """What a function or module names that may lead to steps: name, value, and the names that its code uses."""
    if isinstance(value, FunctionType):
        yield from _in_globals(value)
        yield from _in_cells(value)
    else:
        yield from _leading(value.__dict__, names, names)


def _in_globals(function: FunctionType) -> Iterator[tuple[str, Any, Names]]:
    names = _names_in(function.__code__)
    yield from _leading(function.__globals__, names, names)


def _in_cells(function: FunctionType) -> Iterator[tuple[str, Any, Names]]:
    found = {}
    for name, cell in zip(function.__code__.co_freevars, function.__closure__ or (), strict=True):
        try:
            found[name] = cell.cell_contents
        except ValueError:  # noqa: PERF203 - it is not bound yet
            continue
    yield from _leading(found, found.keys(), _names_in(function.__code__))


def _leading(
    values: Mapping[str, Any], wanted: Iterable[str], names: Names
) -> Iterator[tuple[str, Any, Names]]:
    for name in sorted(wanted):
        if isinstance(values.get(name), (FunctionType, ModuleType, Each)):
            yield name, values[name], names


def _names_in(code: CodeType) -> Names:
    """All names of globals and attributes in a code and those inside it."""
    return frozenset(name for one in _codes(code) for name in one.co_names)


def _codes(code: CodeType) -> Iterator[CodeType]:
    yield code
    for one in code.co_consts:
        if isinstance(one, CodeType):
            yield from _codes(one)


def _refuse_global_writes(function: FunctionType) -> None:
    for code in _codes(function.__code__):
        for one in dis.get_instructions(code):
            if one.opname in ("STORE_GLOBAL", "DELETE_GLOBAL"):
                raise InvalidPipelineError(
                    f"{place_of(function)}: {function.__name__}() calls steps, and writes the global {one.argval!r}",
                    "give it to a step, and return what the step gives",
                )


def _is_marked(value: object) -> bool:
    if is_step(value):
        return True
    return isinstance(value, FunctionType) and value.__dict__.get("is_ops0_pipeline") is True
