"""``@ops0.cleanup_after``: outputs and temporary files that go some time after the run. Runs in images: Python 3.8."""

from __future__ import annotations

from ops0.core.api.marks import MarkFault, checked, marking
from ops0.core.quantities import LONGEST

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable, Mapping, Optional, TypeVar

    F = TypeVar("F", bound=Callable[..., Any])

__all__ = ["cleanup_after", "cleanup_seconds"]

_UNITS = {"minutes": 60.0, "hours": 3600.0, "days": 86400.0, "seconds": 1.0}
_HINT = "write @ops0.cleanup_after(minutes=5)"


def cleanup_after(
    minutes: Optional[float] = None,
    hours: Optional[float] = None,
    days: Optional[float] = None,
    seconds: Optional[float] = None,
) -> Callable[[F], F]:
    """Remove a step's result and its temporary files some time after the run has ended.

    use:    ``@ops0.cleanup_after(minutes=5)``, ``@ops0.cleanup_after(hours=1, minutes=30)``; 0: as soon as the run's
            results have been handed over
    raises: StepDefinitionError
    """
    given = {"minutes": minutes, "hours": hours, "days": days, "seconds": seconds}
    said = {name: one for name, one in given.items() if one is not None}
    return marking("cleanup_after", checked("@ops0.cleanup_after", cleanup_seconds, said))


def cleanup_seconds(given: Mapping[str, Any]) -> float:
    """Add the arguments of ``@ops0.cleanup_after`` up: seconds, finite, >= 0. Raises MarkFault."""
    if not given:
        raise MarkFault("it does not say how long after the run", _HINT)
    total = 0.0
    for name, count in given.items():
        if callable(count):
            raise MarkFault("its arguments are missing", _HINT)
        number = isinstance(count, (int, float)) and not isinstance(count, bool)
        if not number or not 0 <= count * _UNITS[name] <= LONGEST:
            raise MarkFault(f"{name}={count!r:.40} is no number from 0 to a hundred years", _HINT)
        total += count * _UNITS[name]
    return total
