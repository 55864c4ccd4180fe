"""What a function takes and gives, read from the function itself. Runs in images: Python 3.8, no ``inspect``.

``inspect`` costs more to load than everything else that a step's image needs of ops0.
"""

from __future__ import annotations

import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import CodeType, FunctionType
    from typing import Any, Dict, Tuple

_VARARGS, _VARKEYWORDS = 0x04, 0x08
_ASYNC = 0x80 | 0x100 | 0x200  # coroutine, iterable coroutine, asynchronous generator


def innermost(function: FunctionType) -> FunctionType:
    """Follow ``functools.wraps`` to the function that somebody wrote."""
    seen = set()
    while id(function) not in seen:
        seen.add(id(function))
        function = function.__dict__.get("__wrapped__", function)
    return function


def parameter_names(function: FunctionType) -> Tuple[str, ...]:
    """Name its parameters, in order; ``*args`` and ``**kwargs`` are left out."""
    code = innermost(function).__code__
    return code.co_varnames[: code.co_argcount + code.co_kwonlyargcount]


def defaults(function: FunctionType) -> Dict[str, Any]:
    """Give the default of each parameter that has one."""
    function = innermost(function)
    names = function.__code__.co_varnames[: function.__code__.co_argcount]
    values = function.__defaults__ or ()
    found = dict(zip(names[len(names) - len(values) :], values))
    found.update(function.__kwdefaults__ or {})
    return found


def input_signature(function: FunctionType) -> Dict[str, Any]:
    """Give parameter -> type, or (type, default); ``typing.Any`` where nothing is written.

    An annotation that cannot be evaluated (a name that only type checkers import) stays the text it is.
    """
    hints, given = hints_of(function), defaults(function)
    found = {}
    for name in parameter_names(function):
        kind = hints[name] if name in hints else _any()
        found[name] = (kind, given[name]) if name in given else kind
    return found


def output_signature(function: FunctionType) -> Any:
    """Give the type of its result; ``typing.Any`` where nothing is written."""
    hints = hints_of(function)
    return hints["return"] if "return" in hints else _any()


def hints_of(function: FunctionType) -> Dict[str, Any]:
    """Give its annotations, each evaluated by itself where that is possible."""
    function = innermost(function)
    if sys.version_info >= (3, 14):
        # Annotations are evaluated when asked for, and one that cannot be would hide all others.
        from annotationlib import Format, ForwardRef, get_annotations  # noqa: PLC0415

        found = get_annotations(function, format=Format.FORWARDREF)
        return {
            name: _evaluated(
                hint.__forward_arg__ if isinstance(hint, ForwardRef) else hint, function
            )
            for name, hint in found.items()
        }
    return {name: _evaluated(hint, function) for name, hint in function.__annotations__.items()}


def is_async(code: CodeType) -> bool:
    """Whether calling it gives something to await."""
    return bool(code.co_flags & _ASYNC)


def has_star(code: CodeType) -> bool:
    """Whether it takes ``*args`` or ``**kwargs``."""
    return bool(code.co_flags & (_VARARGS | _VARKEYWORDS))


def _evaluated(hint: Any, function: FunctionType) -> Any:
    if not isinstance(hint, str):
        return hint
    closure = zip(function.__code__.co_freevars, function.__closure__ or ())
    try:
        local = {name: cell.cell_contents for name, cell in closure}
        # The text is the user's own source, evaluated in the user's own module, as typing.get_type_hints does.
        return eval(hint, function.__globals__, local)  # noqa: S307
    except Exception:  # noqa: BLE001 - whatever an annotation raises, it is still an annotation
        return hint


def _any() -> Any:
    from typing import Any  # noqa: PLC0415 - costs milliseconds that annotated steps need not pay

    return Any
