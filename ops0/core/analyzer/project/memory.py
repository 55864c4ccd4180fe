"""What has been found out about one module and holds for every step: found once, however many steps reach it.

Nothing in here depends on the step that asked first.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from ops0.core.analyzer.effects.doings import Doings
    from ops0.core.analyzer.project.resolve import Resolved
    from ops0.core.analyzer.reach.direct import Direct
    from ops0.core.analyzer.syntax.model import Chain, Imported
    from ops0.core.pipeline import Slice

__all__ = ["Memory"]

Answer = TypeVar("Answer")
_UNASKED: Any = object()


@dataclass(slots=True)
class Memory:
    """Found so far, of one module; what is noted of a unit is noted by its index.

    direct:   what each unit reaches at first hand;   runs: whether executing it would run steps
    resolved: what dotted names mean, with and without what only type checkers import
    slices:   the slice for a set of kept units and what is used of their imports
    doings:   what statements do that call no code of the project, with the names of methods that they call
    late:     what functions import and make global; None: nobody has asked
    """

    direct: dict[int, Direct] = field(default_factory=dict)
    runs: dict[int, bool] = field(default_factory=dict)
    resolved: dict[tuple[Chain, bool], Resolved | None] = field(default_factory=dict)
    slices: dict[object, Slice] = field(default_factory=dict)
    doings: dict[int, tuple[Doings, frozenset[str]]] = field(default_factory=dict)
    late: Mapping[str, tuple[Imported, ...]] | None = None
    _else: dict[Hashable, Any] = field(default_factory=dict)

    def once(self, key: Hashable, make: Callable[[], Answer]) -> Answer:
        """What ``make`` gives, asked for once a key. The key names the question and all that its answer depends on."""
        answer: Answer = self._else.get(key, _UNASKED)
        if answer is _UNASKED:
            answer = self._else[key] = make()
        return answer
