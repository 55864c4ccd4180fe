"""What is asked of a reach again and again while it grows, and how another reach goes on with the answers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar, Generic, TypeVar

from ops0.core.analyzer.effects.reached import Reached

if TYPE_CHECKING:
    from typing_extensions import Self


__all__ = ["Growing"]

Of = TypeVar("Of", bound=Reached)


class Growing(Generic[Of]):
    """Follows one reach while that grows, and keeps what it knows of it so far.

    anew: the fields that count along the order in which this very reach was found, each with its first value
    """

    anew: ClassVar[Mapping[str, Any]] = {}

    def __init__(self, reach: Of) -> None:
        self.reach = reach

    def continued(self, reach: Of) -> Self:
        """The same for a reach that has all that this one has. Neither sees what the other learns from then on."""
        made = object.__new__(type(self))
        vars(made).update((name, _own(value, reach)) for name, value in vars(self).items())
        vars(made).update(self.anew, reach=reach)
        return made


_CHANGING = (Growing, dict, list, set)
"""What is changed in place; all else that fields hold is shared."""


def _own(value: Any, reach: Reached) -> Any:
    if isinstance(value, Growing):
        return value.continued(reach)
    if isinstance(value, dict):
        # No call for what is shared: tables can have an entry for each module of a project.
        return {
            key: _own(one, reach) if isinstance(one, _CHANGING) else one
            for key, one in value.items()
        }
    return value.copy() if isinstance(value, (list, set)) else value
