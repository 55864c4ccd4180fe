"""The garbage collector while a project is analysed: what is made there lives until the end."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ops0.core.analyzer.project.modules import Project

__all__ = ["let_go", "old_objects_rest"]

_YOUNG = 10_000_000
"""New objects after which these are looked through, once: some GB. Looking through a million takes 0.2 s."""
_NEVER = 1_000_000_000


@contextmanager
def old_objects_rest() -> Iterator[None]:
    """Look through new objects only, for circles that nobody needs.

    Syntax and what is found out about it are millions of living objects: looking through them again and again took a
    third of the time of a large project. What the caller has set is put back, whatever happens.

    What is there afterwards counts as old: else the next object made would have all of it looked through.
    """
    before = gc.get_threshold()
    if before[0]:
        gc.set_threshold(max(_YOUNG, before[0]), _NEVER, _NEVER)
    try:
        yield
    finally:
        if before[0] and not gc.get_freeze_count():  # what others have frozen stays so
            gc.freeze()
            gc.unfreeze()
        gc.set_threshold(*before)


def let_go(project: Project) -> None:
    """Cut the circles of a project that nobody will ask anything any more.

    Modules, what is known of them and their project name each other. Left to the garbage collector, millions of
    objects are looked through to find that out: a quarter of the time of a large analysis, after its end.
    """
    for other in project.others:
        let_go(other)
    for one in (*project.worlds.values(), *project.loaded(), project):
        vars(one).clear()
