"""Where a step that runs in this process keeps its temporary files. Host only."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from types import FunctionType

from ops0.core.inprocess.variables import variables_set

__all__ = ["MakeScratch", "no_scratch", "temporary_files_in"]

MakeScratch = Callable[[Sequence[FunctionType]], AbstractContextManager[Mapping[str, str]]]
"""Steps -> step's name -> a folder for its temporary files, of those with ``@ops0.cleanup_after``."""


def no_scratch(_: Sequence[FunctionType]) -> AbstractContextManager[Mapping[str, str]]:
    """MakeScratch, for nobody."""
    return nullcontext({})


@contextmanager
def temporary_files_in(folder: str | None) -> Iterator[None]:
    """A block whose temporary files, and those of programs it starts, go into a folder; None: where they always do."""
    if folder is None:
        yield
        return
    before = tempfile.tempdir
    with variables_set({"TMPDIR": folder}):
        tempfile.tempdir = folder
        try:
            yield
        finally:
            tempfile.tempdir = before
