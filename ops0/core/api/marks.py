"""What decorators leave on a function. Runs in images: Python 3.8."""

from __future__ import annotations

from types import FunctionType

from ops0.core.api import signature
from ops0.core.errors import AnalysisError
from ops0.core.quantities import QuantityError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable, Dict, Optional, TypeGuard, TypeVar

    F = TypeVar("F", bound=Callable[..., Any])


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


def quantity(decorator: str, read: Callable[[Any], Any], given: Any) -> Any:
    """Read a time or a size that a decorator was given. Raises StepDefinitionError."""
    try:
        return read(given)
    except QuantityError as fault:
        raise StepDefinitionError(f"{decorator}: {fault}", fault.hint or "") from None
