"""Whether a text is a requirement, asked in one place.

``packaging`` is imported where a text is read: it costs a start 25 ms, and most needs are bare names.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from ops0.core.unplaced import Unplaced

if TYPE_CHECKING:
    from packaging.requirements import Requirement

_HINT = 'write it as PEP 508 says: "name", "name>=1.2" or "name[extra]==1.2"'
_ENDLESS = re.compile(r"[0-9]{1000}")


class NotRequirement(Unplaced):
    """A text that is no requirement: why, in one line, and how to write it."""


def read_requirement(text: str) -> Requirement:
    """A requirement as a value, as https://packaging.python.org/en/latest/specifications/dependency-specifiers/ has it.

    raises: NotRequirement, also for one with a number of so many digits that Python makes no number of them
    """
    from packaging.requirements import InvalidRequirement, Requirement  # noqa: PLC0415 - costs a start 25 ms

    if _ENDLESS.search(text):
        fact = "a number of it has 1,000 digits or more"
        raise NotRequirement(fact, "write the version as its project does")
    try:
        return Requirement(text)
    except InvalidRequirement as fault:
        raise NotRequirement(str(fault).splitlines()[0].rstrip(":"), _HINT) from None


def is_requirement(text: str) -> bool:
    """Whether ``read_requirement`` takes a text."""
    try:
        read_requirement(text)
    except NotRequirement:
        return False
    return True
