"""Where steps and pipelines were declared, so that ``ops0.run()`` finds them. Runs in images: Python 3.8.

Nothing is registered and nothing is kept alive: each declaration gets the next number, a pipeline is a range of
numbers, and ``ops0.run()`` looks for numbered functions among the names of the scope that calls it. Only a
pipeline that is open holds its frame, and only until it is closed.
"""

from __future__ import annotations

import sys
from contextvars import ContextVar
from itertools import count

from ops0.core.api.marks import plain

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import CodeType, FrameType, FunctionType
    from typing import Any, Callable, Optional, Tuple, TypeVar

    F = TypeVar("F", bound=Callable[..., Any])

_numbers = count(1)


def next_number() -> int:
    """Give the number of one more declaration in this process."""
    return next(_numbers)


def place_among(function: FunctionType, number: int) -> int:
    """Tell where a step stands among the others: where it was first defined, if a cell defines it again."""
    before = function.__globals__.get(function.__name__)
    if "<locals>" in function.__qualname__ or getattr(before, "is_ops0_step", None) is not True:
        return number
    place: int = getattr(before, "__ops0_place__", number)
    return place


class PipelineScope:
    """``with ops0.pipeline("name"):``, the steps declared inside are the pipeline's. Also a decorator.

    first, last: the numbers between which its steps were declared; ``last`` is None while it is open
    scope:       what holds the ``with``: a module's namespace and, in a function, the function's code
    """

    def __init__(self, name: Optional[str] = None) -> None:
        self.name = name
        self.first: Optional[int] = None
        self.last: Optional[int] = None
        self.scope: Tuple[int, Optional[CodeType]] = (0, None)
        self.frame: Optional[FrameType] = None
        self._outer: Optional[PipelineScope] = None

    def __enter__(self) -> PipelineScope:  # noqa: PYI034 - typing.Self is not there on 3.8
        if self.frame is not None:
            raise RuntimeError("this pipeline is open already")
        self.frame = sys._getframe(1)  # noqa: SLF001 - the public way loads inspect
        self.scope = _scope_of(self.frame)
        self.first, self.last = next_number(), None
        self._outer = _open.get()
        _open.set(self)
        return self

    def __exit__(self, *_: object) -> None:
        self.last = next_number()
        self.frame = None
        outer, self._outer = self._outer, None
        _open.set(outer)
        others = [closed for closed in _closed.get() if closed.scope != self.scope]
        _closed.set((self, *others[: _REMEMBERED - 1]))

    def __call__(self, function: F) -> F:
        """Mark a function as the pipeline, as in ``@ops0.pipeline("name")``."""
        return mark_pipeline(function, self.name)


_open: ContextVar[Optional[PipelineScope]] = ContextVar("ops0_open", default=None)
_closed: ContextVar[Tuple[PipelineScope, ...]] = ContextVar("ops0_closed", default=())
_REMEMBERED = 64


def mark_pipeline(function: F, name: Optional[str]) -> F:
    """Mark a function whose body calls steps. Calling it stays a plain call. Raises StepDefinitionError."""
    plain(function, "@ops0.pipeline")
    function.is_ops0_pipeline = True  # type: ignore[attr-defined]
    function.__ops0_number__ = next_number()  # type: ignore[attr-defined]
    function.__ops0_name__ = name or function.__name__  # type: ignore[attr-defined]
    return function


def open_pipeline() -> Optional[PipelineScope]:
    """Give the innermost pipeline that is open here."""
    return _open.get()


def closed_pipeline(frame: FrameType) -> Optional[PipelineScope]:
    """Give the pipeline that was closed last in the scope of a frame."""
    scope = _scope_of(frame)
    return next((closed for closed in _closed.get() if closed.scope == scope), None)


def _scope_of(frame: FrameType) -> Tuple[int, Optional[CodeType]]:
    """Tell scopes apart. A module's code is left out: in a notebook each cell has a code of its own."""
    at_module = frame.f_locals is frame.f_globals
    return id(frame.f_globals), None if at_module else frame.f_code
