"""Which steps a pipeline function calls, told by the names that its code reads. Nothing is run. Host only."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from types import CellType, CodeType, FunctionType, ModuleType

__all__ = ["called_steps"]


def called_steps(
    function: FunctionType, declared: Sequence[FunctionType]
) -> tuple[FunctionType, ...]:
    """The steps that a pipeline function names, with those of the pipelines that it names. Each once.

    declared: steps that it may see and that are no variables around it, such as those of the function that calls it
    """
    names = _names_in(function.__code__)
    found = {id(step): step for step in declared if step.__name__ in names}
    todo, seen = [function], {id(function)}
    while todo:
        for value in _named(todo.pop(0)):
            if value.__dict__.get("is_ops0_step") is True:
                found.setdefault(id(value), value)
            elif value.__dict__.get("is_ops0_pipeline") is True and id(value) not in seen:
                seen.add(id(value))
                todo.append(value)
    return tuple(found.values())


def _named(function: FunctionType) -> Iterator[FunctionType]:
    """The functions behind the names that its code reads, ``helpers.load`` of a module too."""
    names = _names_in(function.__code__)
    cells = zip(function.__code__.co_freevars, function.__closure__ or (), strict=True)
    around = {**function.__globals__, **{name: _content(cell) for name, cell in cells}}
    values = [around[name] for name in sorted(names) if name in around]
    for value in values:
        if isinstance(value, FunctionType):
            yield value
        elif isinstance(value, ModuleType):
            inside = (value.__dict__.get(name) for name in sorted(names))
            yield from (one for one in inside if isinstance(one, FunctionType))


def _content(cell: CellType) -> object:
    """What a variable of a function around holds; None while nothing has been assigned to it."""
    try:
        return cell.cell_contents
    except ValueError:
        return None


def _names_in(code: CodeType) -> set[str]:
    """The names that code reads; comprehensions are code of their own before Python 3.12."""
    names = {*code.co_names, *code.co_freevars}
    return names.union(*(_names_in(one) for one in code.co_consts if isinstance(one, CodeType)))
