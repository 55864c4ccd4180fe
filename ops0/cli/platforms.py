"""One project on several platforms: analysed for each, warned of once, its faults told together."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import TypeVar

from ops0.cli import shown, wiring
from ops0.cli.work import Work
from ops0.core.errors import Ops0Error, members, raise_together
from ops0.core.pipeline import Pipeline

S = TypeVar("S")
T = TypeVar("T")


def on_platforms(work: Work, platforms: Iterable[str]) -> tuple[Work, ...]:
    """The project for each platform; for its own where none is named."""
    return tuple(work.on(one) for one in dict.fromkeys(platforms)) or (work,)


def read_each(works: Iterable[Work], *, fresh: bool = False) -> tuple[tuple[Work, Pipeline], ...]:
    """Analyse for each platform: what a requirement's marker says differs. Says each warning once."""
    found = each(works, lambda work: (work, wiring.read_pipeline(work, fresh=fresh)))
    shown.show_warnings({warning for pair in found for warning in shown.warnings_of(*pair)})
    return found


def each(values: Iterable[S], do: Callable[[S], T]) -> tuple[T, ...]:
    """What is done with each of the values. Raises what went wrong with some, each fault once, together."""
    done: list[T] = []
    faults: dict[str, Ops0Error] = {}
    for value in values:
        with _noted(faults):
            done.append(do(value))
    raise_together(list(faults.values()))
    return tuple(done)


@contextmanager
def _noted(faults: dict[str, Ops0Error]) -> Iterator[None]:
    try:
        yield
    except Ops0Error as fault:
        for one in members(fault):
            faults.setdefault(str(one), one)
