"""``@ops0.retry`` and ``@ops0.timeout``: how often a step is tried, and how long. Runs in images: Python 3.8."""

from __future__ import annotations

from ops0.core.api.marks import MarkFault, StepDefinitionError, checked, marking, number
from ops0.core.quantities import seconds

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any, Dict, Mapping, TypeVar

    F = TypeVar("F", bound=Callable[..., Any])

__all__ = ["retry", "retry_delay", "retry_fields", "timeout", "timeout_seconds"]

_LONGEST_DELAY = 300.0


def retry(
    max_attempts: int = 3,
    backoff: str | float = "1s",
    on: type[Exception] | tuple[type[Exception], ...] | None = None,
) -> Callable[[F], F]:
    """Run a step that raises again, up to ``max_attempts`` times in all; wait ``backoff``, then twice that, and so on.

    on: the exceptions to retry after, as ``on=(ConnectionError, TimeoutError)``; None: all. A time limit, a crash and
        whatever else ends a step from outside are always retried
    """
    given = {"max_attempts": max_attempts, "backoff": backoff}
    fields = checked("@ops0.retry", retry_fields, given)
    kinds = on if isinstance(on, tuple) else () if on is None else (on,)
    if on == () or not all(
        isinstance(kind, type) and issubclass(kind, Exception) for kind in kinds
    ):
        raise StepDefinitionError(
            f"@ops0.retry: on={on!r:.60} names no exceptions",
            "write on=ConnectionError or on=(ConnectionError, TimeoutError)",
        )
    return marking("retry", {**fields, "on": kinds})


def timeout(limit: str | float) -> Callable[[F], F]:
    """Stop an attempt that takes longer than ``limit``, as ``"10m"`` or in seconds. Raises StepDefinitionError."""
    return marking("timeout", checked("@ops0.timeout", timeout_seconds, limit))


def retry_fields(given: Mapping[str, Any]) -> Dict[str, Any]:
    """Check the arguments of ``@ops0.retry`` but ``on``; ``backoff`` in seconds. Raises MarkFault, QuantityError."""
    attempts = number(given.get("max_attempts", 3), "max_attempts", 1, 100, whole=True)
    return {"max_attempts": attempts, "backoff": seconds(given.get("backoff", "1s"))}


def timeout_seconds(limit: Any) -> float:
    """Check the argument of ``@ops0.timeout``. Raises MarkFault, QuantityError."""
    wait = seconds(limit)
    if wait <= 0:
        raise MarkFault("no time at all", 'write @ops0.timeout("10m")')
    return wait


def retry_delay(backoff: float, attempt: int) -> float:
    """Seconds to wait after attempt ``attempt`` failed: the backoff, doubled each time, up to 5 minutes or itself."""
    doubled: float = backoff * 2 ** min(attempt - 1, 30)
    return min(doubled, max(_LONGEST_DELAY, backoff))
