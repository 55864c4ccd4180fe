"""``@ops0.requires``: what no import shows. Runs in images: Python 3.8."""

from __future__ import annotations

import re

from ops0.core.api.marks import MarkFault, checked, marks_of, plain

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable, Dict, Mapping, Sequence, Tuple, TypeVar

    F = TypeVar("F", bound=Callable[..., Any])

__all__ = ["is_debian_name", "requires", "requires_fields"]

_DEBIAN_NAME = re.compile(r"[a-z0-9][a-z0-9+.-]{1,127}")


def requires(*distributions: str, apt: Sequence[str] = ()) -> Callable[[F], F]:
    """Declare what no import shows: ``@ops0.requires("pyarrow>=15", apt=["libgomp1"])``. Several add up.

    distributions: requirements of PEP 508: a name, with a version or extras where these matter
    apt:           names of Debian packages
    raises:        StepDefinitionError
    """
    found = checked("@ops0.requires", requires_fields, {"*": distributions, "apt": apt})

    def mark(function: F) -> F:
        marks = marks_of(plain(function, "@ops0.requires"))
        before = marks.get("requires", {"distributions": (), "apt": ()})
        marks["requires"] = {key: (*found[key], *before[key]) for key in found}
        return function

    return mark


def requires_fields(given: Mapping[str, Any]) -> Dict[str, Tuple[str, ...]]:
    """Check the arguments of ``@ops0.requires``, those without a name as "*". Raises MarkFault."""
    distributions, apt = given.get("*", ()), given.get("apt", ())
    for one in distributions:
        if not isinstance(one, str) or not one.strip()[:1].isalnum():
            raise MarkFault(f"{one!r:.80} is no requirement", 'write "pandas" or "pyarrow>=15"')
    try:
        packages = (apt,) if isinstance(apt, str) else tuple(apt)
    except TypeError:
        raise MarkFault(
            f"apt={apt!r:.80} is no list of Debian packages",
            'write apt=["libgomp1"], or leave it out',
        ) from None
    for one in packages:
        if not isinstance(one, str) or not is_debian_name(one):
            raise MarkFault(f"{one!r:.80} is no name of a Debian package", 'write apt=["libgomp1"]')
    return {"distributions": tuple(distributions), "apt": packages}


def is_debian_name(text: str) -> bool:
    """Whether Debian policy 5.6.1 takes it as the name of a package."""
    return _DEBIAN_NAME.fullmatch(text) is not None
