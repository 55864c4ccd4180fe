"""Those of many modules that have something to say to a question: most have nothing, and each is asked once."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from ops0.core.analyzer.project.modules import Project

__all__ = ["having"]

Thing = TypeVar("Thing", bound=Hashable)
Answer = TypeVar("Answer")


def having(
    project: Project,
    question: Hashable,
    things: Iterable[Thing],
    ask: Callable[[Thing], Answer | None],
) -> Iterator[tuple[Thing, Answer]]:
    """The things with an answer that is true, in their order, each with it.

    Of 60 modules that a step reaches, three may define a class whose methods rest: to pass over the others costs a step
    a look at a set, and no call.

    question: its name, and all that the answer depends on beside the thing
    things:   modules, or modules with units that are kept of them
    ask:      answers the same whoever asks, from memory when it is asked again
    """
    without = project.without[question]
    for thing in [one for one in things if one not in without]:
        answer = ask(thing)
        if answer:
            yield thing, answer
        else:
            without.add(thing)
