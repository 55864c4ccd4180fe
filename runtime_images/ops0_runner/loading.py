"""Finds the step's function. Python 3.8."""

from __future__ import annotations

import gc
import os
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable, Sequence

    from ops0_runner.job import StepFile


_SELDOM = 100_000
"""Objects that imports may make before garbage is looked for: pandas makes 49,000, and looking takes a sixth of it."""


class LoadFault(Exception):
    """The module is there, the step's function is not. ``hint`` says what to do."""

    def __init__(self, message: str, hint: str) -> None:
        super().__init__(message)
        self.hint = hint


def set_path(roots: Sequence[str]) -> None:
    """Import from the roots first, then as usual, last from the runner's own folder.

    What the user's lock brings must win over what ops0 brings, such as cloudpickle. A Python that the step starts
    imports from the same roots.
    """
    own = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
    # ``python -m`` has put the folder it was started in first; it is no root of the user's unless it says so.
    started_in = os.getcwd()
    first = [os.path.abspath(root) for root in roots]
    rest = [
        path
        for at, path in enumerate(sys.path)
        if path not in first and path != own and not (at == 0 and path in ("", started_in))
    ]
    sys.path[:] = [*first, *rest, own]
    given = os.environ.get("PYTHONPATH")
    os.environ["PYTHONPATH"] = os.pathsep.join([*first, given] if given else first)


def load_function(step: StepFile) -> Callable[..., Any]:
    """Import the step's module and give its function, decorated or not.

    raises: LoadFault; whatever the module's own code raises
    """
    if step.module.rstrip("_").endswith("_ipynb"):  # as the slice of a notebook is named
        from ops0_runner.kernel_names import give_kernel_names  # noqa: PLC0415 - few steps are of one

        give_kernel_names()
    _import(step.module)
    module = sys.modules[step.module]
    path = getattr(module, "__file__", None)
    if path is None or not _is_under(path, step.roots):
        raise LoadFault(
            f"module '{step.module}' is not the pipeline's file but {path or 'a part of Python'}",
            "another module has this name: rename the file",
        )
    found: Any = module
    for name in step.function.split("."):
        found = getattr(found, name, None)
    if not callable(found):
        raise LoadFault(
            f"module '{step.module}' has no function '{step.function}'",
            "is it defined only under a condition? a step must exist when its module is imported",
        )
    function: Callable[..., Any] = found
    return function


def _import(name: str) -> None:
    """Import a module. Nearly all that imports make stays, so garbage is looked for seldom meanwhile."""
    before = gc.get_threshold()
    seldom = (_SELDOM, *before[1:])
    gc.set_threshold(*seldom)
    try:
        __import__(name)
    finally:
        if gc.get_threshold() == seldom:  # else the module wants it otherwise
            gc.set_threshold(*before)
        if not gc.get_freeze_count():
            # What is there counts as old from now on, or the step's first objects would have all of it looked through.
            gc.freeze()
            gc.unfreeze()


def _is_under(path: str, roots: Sequence[str]) -> bool:
    path = os.path.realpath(path)
    return any(path.startswith(os.path.join(os.path.realpath(root), "")) for root in roots)
