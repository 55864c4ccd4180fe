"""What decorators leave on a function. Runs in images: Python 3.8."""

from __future__ import annotations

from types import FunctionType

from ops0.core.api import signature
from ops0.core.errors import AnalysisError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable, Dict, Optional, TypeGuard, TypeVar

    F = TypeVar("F", bound=Callable[..., Any])


class MarkFault(AnalysisError):
    """What a decorator cannot be told. Who catches it says which decorator, and where."""

    exit_code = 18


class StepDefinitionError(AnalysisError):
    """A decorator that cannot mean anything. ``place`` is ``file.py:line``, None where it is not known."""

    exit_code = 19

    def __init__(self, message: str, hint: str, place: Optional[str] = None) -> None:
        super().__init__(f"{place}: {message}" if place else message, hint)
        self.place = place


def is_step(value: object) -> TypeGuard[FunctionType]:
    """Whether ``@ops0.step`` stands on it."""
    return isinstance(value, FunctionType) and value.__dict__.get("is_ops0_step") is True


def options_of(function: Callable[..., Any]) -> Dict[str, Any]:
    """Give what the decorators of one concern said of a function, by decorator; times in seconds, sizes in bytes."""
    return dict(getattr(function, "__dict__", {}).get("__ops0__", {}))


def marking(key: str, value: Any) -> Callable[[F], F]:
    """Make the decorator that says one thing, once."""

    def mark(function: F) -> F:
        marks = marks_of(plain(function, f"@ops0.{key}"))
        if key in marks:
            raise StepDefinitionError(f"@ops0.{key} is said twice", "keep one", place_of(function))
        marks[key] = value
        return function

    return mark


def marks_of(function: Any) -> Dict[str, Any]:
    """Give the marks of a function, to be added to."""
    marks: Dict[str, Any] = function.__dict__.setdefault("__ops0__", {})
    return marks


def plain(function: Any, decorator: str) -> Any:
    """Refuse what is no function written with ``def``. Raises StepDefinitionError."""
    if type(function).__name__ != "function" or not hasattr(function, "__code__"):
        raise StepDefinitionError(
            f"{decorator} on {type(function).__name__} object, not on a function",
            f"write {decorator} above a def; classes, partials and methods cannot be steps",
        )
    return function


def place_of(function: Any) -> str:
    """Say where a function stands: ``file.py:12``."""
    code = signature.innermost(function).__code__
    if "/ipykernel_" in code.co_filename:  # a file that nobody has ever seen
        return f"line {code.co_firstlineno} of the cell"
    return f"{code.co_filename.rpartition('/')[2]}:{code.co_firstlineno}"


def checked(
    decorator: str, check: Callable[..., Any], *given: Any, place: Optional[str] = None
) -> Any:
    """Give what a check makes of a decorator's arguments; its fault is told as the decorator's.

    raises: StepDefinitionError
    """
    try:
        return check(*given)
    except AnalysisError as fault:
        raise StepDefinitionError(f"{decorator}: {fault}", fault.hint or "", place) from None


def text(given: Any, what: str) -> Optional[str]:
    """Check a text that can be printed; None where none is given. Raises MarkFault."""
    if given is None or (isinstance(given, str) and given and given.isprintable()):
        return given
    raise MarkFault(f"{what}={given!r:.60} is no text", f'write {what}="..."')


def number(given: Any, what: str, least: float, most: float, *, whole: bool = False) -> Any:
    """Check a number from ``least`` to ``most``, both included. Raises MarkFault."""
    is_number = isinstance(given, int if whole else (int, float)) and not isinstance(given, bool)
    if is_number and least <= given <= most:
        return given
    kind = "whole number" if whole else "number"
    raise MarkFault(
        f"{what}={given!r:.60} is no {kind} from {least:g} to {most:g}",
        f"write {what}={max(1, least):g}",
    )


def flag(given: Any, what: str) -> bool:
    """Check a choice. Raises MarkFault."""
    if isinstance(given, bool):
        return given
    raise MarkFault(f"{what}={given!r:.60} is neither True nor False", f"write {what}=True")
