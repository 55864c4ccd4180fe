"""Serializers that installed distributions bring, by entry points. Runs in images: Python 3.8, standard library.

An entry point of the group ``ops0.serializers`` has a type's full name as its name, and as its value the serializer, or
a class of serializers that is called without arguments::

    [project.entry-points."ops0.serializers"]
    "acme_store.Sheet" = "acme_store.sheets:SheetSerializer"

They are looked for only where a value of a library would be pickled, and loaded only for their own types.
"""

from __future__ import annotations

import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Dict, Optional

    from ops0.core.values.local import Locals

GROUP = "ops0.serializers"
_found: Dict[str, Any] = {}
_ready: Dict[str, Any] = {}
_looked = False


def plugged_key(value: Any, local: Locals) -> Optional[str]:
    """Give the name of the nearest type of a value that has such a serializer, None where there is none."""
    kinds = [kind for kind in type(value).__mro__ if _may_have_one(kind, local)]
    if not kinds:
        return None
    points = _points()
    return next((name for name in map(_name, kinds) if name in points), None)


def plugged_serializer(key: str) -> Any:
    """Load the serializer of that name, None where there is none. Raises what its module raises, TypeError."""
    point = _points().get(key)
    if point is None:
        return None
    if key not in _ready:
        made = point.load()
        made = made() if isinstance(made, type) else made
        for name in ("serialize", "deserialize"):
            if not callable(getattr(made, name, None)):
                raise TypeError(f"the entry point {key} of {GROUP}: {point.value} has no {name}()")
        _ready[key] = made
    return _ready[key]


def _may_have_one(kind: type, local: Locals) -> bool:
    root = kind.__module__.partition(".")[0]
    return root not in getattr(sys, "stdlib_module_names", ("builtins",)) and not local.has(
        kind.__module__
    )


def _name(kind: type) -> str:
    return f"{kind.__module__}.{kind.__qualname__}"


def _points() -> Dict[str, Any]:
    global _looked  # noqa: PLW0603 - what is installed does not change while a step runs
    if not _looked:
        from importlib.metadata import entry_points  # noqa: PLC0415 - takes milliseconds

        found: Any = entry_points()
        group = found.select(group=GROUP) if hasattr(found, "select") else found.get(GROUP, ())
        _found.update((point.name, point) for point in group)
        _looked = True
    return _found
