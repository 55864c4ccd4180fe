"""What a step may be called, and which functions can be one. Runs in images: Python 3.8."""

from __future__ import annotations

import re

from ops0.core.api.marks import MarkFault, text

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Dict, Mapping

_NAME = re.compile(r"[a-z0-9][a-z0-9._-]{0,62}")

ASYNCHRONOUS = ("is asynchronous", "call asyncio.run(...) inside a plain function")
STARRED = ("takes *args or **kwargs", "name each argument: edges join names")
WRAPPED = (
    "takes *args or **kwargs, as what a decorator puts in place of a function",
    "put @functools.wraps(function) above it in that decorator, or name each argument",
)
POSITIONAL_ONLY = ("has positional-only parameters", "remove the '/'")
METHOD = ("is a method", "make it a function beside the class")
CLASS = ("is a class", "make it a function")
"""Why a function cannot be called by the names of its parameters, once, to the end; and what to do."""


def is_step_name(name: str) -> bool:
    """Whether a name, once lowered, can name an image."""
    return name.isascii() and _NAME.fullmatch(name.lower()) is not None


def step_fields(given: Mapping[str, Any]) -> Dict[str, Any]:
    """Check the arguments of ``@ops0.step``; whether ``name`` is a step's, ``is_step_name`` tells. Raises MarkFault."""
    output = text(given.get("output"), "output")
    if output is not None and not output.isidentifier():
        raise MarkFault(
            f"output={output!r:.60} cannot be the name of a parameter", 'write output="rows"'
        )
    return {"name": text(given.get("name"), "name"), "output": output}
