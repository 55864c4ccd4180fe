"""What a notebook's kernel gives to all code, where a step of a notebook runs without one. Python 3.8."""

from __future__ import annotations

import builtins

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


def give_kernel_names() -> None:
    """Give ``display`` to every module, as the kernel does. What binds the name itself keeps its own."""
    builtins.display = display  # type: ignore[attr-defined]


def display(*values: Any, **_how: Any) -> None:
    """Print the values as texts: what IPython's own ``display`` does where there is no kernel."""
    print(*values)  # noqa: T201 - that is all it does
