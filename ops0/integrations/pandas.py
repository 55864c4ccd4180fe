"""``@dataframe_step``: a step whose DataFrame says which step made it, and when. Runs in images: Python 3.8.

pandas is looked at where the step has loaded it; this module needs none.
"""

from __future__ import annotations

import functools
import sys
import time

from ops0.core.decorators import step

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Callable, ParamSpec, TypeVar

    from ops0.core.decorators import Step

    P = ParamSpec("P")
    R = TypeVar("R")

__all__ = ["dataframe_step"]


def dataframe_step(function: Callable[P, R]) -> Step[P, R]:
    """Make a function a step whose DataFrame says who made it, and when; other results stay as they are.

    notes:  ``attrs["ops0_step"]``, the function's name, and ``attrs["ops0_timestamp"]``, seconds since 1970. The time
            is part of the result: its digest, and what is derived from it by digests, is another one in each run
    raises: StepDefinitionError
    """

    @functools.wraps(function)
    def wrapper(*args: P.args, **kwargs: P.kwargs) -> R:
        result = function(*args, **kwargs)
        pandas = sys.modules.get("pandas")
        if pandas is not None and isinstance(result, pandas.DataFrame):
            result.attrs["ops0_step"] = function.__name__
            result.attrs["ops0_timestamp"] = time.time()
        return result

    return step(wrapper)
