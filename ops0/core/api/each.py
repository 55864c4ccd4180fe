"""``train.map(folds)`` as plain Python: a step called once for each item. Runs in images: Python 3.8."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable, List


class Each:
    """What ``.map`` of a step is."""

    __slots__ = ("function",)

    def __init__(self, function: Callable[..., Any]) -> None:
        self.function = function

    def __call__(self, *items: Any, **same: Any) -> List[Any]:
        """Call the step for each item, and give the list of its results.

        items:  for each of the first parameters something to iterate over, all of one length
        same:   arguments that are the same in each call
        raises: TypeError, ValueError
        """
        name = self.function.__name__
        if not items:
            raise TypeError(f"{name}.map: nothing to go over: give it a list")
        lists = [list(one) for one in items]
        if len({len(one) for one in lists}) > 1:
            lengths = ", ".join(str(len(one)) for one in lists)
            raise ValueError(f"{name}.map: goes over {lengths} items: give as many of each")
        return [self.function(*one, **same) for one in zip(*lists)]

    def __repr__(self) -> str:
        return f"<{self.function.__name__}.map>"
