"""The values that ops0's decorators take, checked one by one."""

from __future__ import annotations

from typing import Any

from ops0.core.errors import AnalysisError


class WrongValue(AnalysisError):
    """A value that a decorator does not take."""


def texts(given: Any) -> tuple[str, ...]:
    """One name or several. Raises WrongValue."""
    found = (
        (given,)
        if isinstance(given, str)
        else tuple(given)
        if isinstance(given, (list, tuple))
        else (given,)
    )
    for one in found:
        if not isinstance(one, str) or not one.strip():
            raise WrongValue(
                f"{one!r:.60} is no name", 'write @ops0.requires("pyarrow>=15", apt=["libgomp1"])'
            )
    return found


def text(given: Any, what: str) -> str | None:
    """A text that can be printed, or None where none is given. Raises WrongValue."""
    if given is not None and not (isinstance(given, str) and given and given.isprintable()):
        raise WrongValue(f"{what}={given!r:.60} is no text", f'write {what}="..."')
    return given if isinstance(given, str) else None


def number(given: Any, what: str, least: float, most: float, *, whole: bool = False) -> Any:
    """A number from ``least`` to ``most``, both included. Raises WrongValue."""
    fits = (
        isinstance(given, int if whole else (int, float))
        and not isinstance(given, bool)
        and least <= given <= most
    )
    if not fits:
        kind = "whole number" if whole else "number"
        raise WrongValue(
            f"{what}={given!r:.60} is no {kind} from {least:g} to {most:g}",
            f"write {what}={max(1, least):g}",
        )
    return given
