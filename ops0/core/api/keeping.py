"""``@ops0.cache``: a step whose result is kept, and by what it is found again. Runs in images: Python 3.8."""

from __future__ import annotations

import re

from ops0.core.api import signature
from ops0.core.api.marks import MarkFault, checked, marking, place_of, plain
from ops0.core.quantities import seconds

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Collection, Dict, Mapping, Optional, Tuple

__all__ = ["cache", "cache_fields", "check_names", "fill_key", "key_names"]

_PART = re.compile(r"\{\{|\}\}|\{([^{}]*)\}|[{}]")
_LONGEST_KEY = 500


def cache(ttl: Any = None, key: Optional[str] = None) -> Any:
    """Cache a step's result, and reuse it instead of running the step again.

    use:    ``@ops0.cache``, ``@ops0.cache(ttl="1h", key="user_{user_id}")``
    ttl:    how long a result may be reused, as ``"1h"`` or in seconds; None: until ``ops0 gc`` removes it
    key:    a text with the step's parameters in braces that stands for its inputs; None: the inputs themselves. The
            step's code and what it needs always count
    raises: StepDefinitionError
    """
    if callable(ttl):
        return marking("cache", {"ttl": None, "key": None})(ttl)
    fields = checked("@ops0.cache", cache_fields, {"ttl": ttl, "key": key})

    def mark(function: Any) -> Any:
        marked = marking("cache", fields)(plain(function, "@ops0.cache"))
        names = signature.parameter_names(function)
        checked("@ops0.cache", check_names, fields["key"], names, place=place_of(function))
        return marked

    return mark


def cache_fields(given: Mapping[str, Any]) -> Dict[str, Any]:
    """Check the arguments of ``@ops0.cache``: ``ttl``, in seconds, and ``key``. Raises MarkFault, QuantityError."""
    ttl, key = given.get("ttl"), given.get("key")
    limit = None if ttl is None else seconds(ttl)
    if limit is not None and limit <= 0:
        raise MarkFault("ttl is no time at all", 'write @ops0.cache(ttl="1h")')
    if key is not None:
        if not isinstance(key, str) or not key.isprintable() or not 0 < len(key) <= _LONGEST_KEY:
            raise MarkFault(f"key={key!r:.40} is no text", 'write key="user_{user_id}"')
        key_names(key)
    return {"ttl": limit, "key": key}


def key_names(key: str) -> Tuple[str, ...]:
    """List the parameters that a key names, each once: ``user_{user_id}`` -> ``user_id``. Raises MarkFault."""
    found = []
    for part in _PART.finditer(key):
        name = part.group(1)
        if part.group() in ("{{", "}}"):
            continue
        if name is None or not name.isidentifier():
            raise MarkFault(
                f"key={key!r:.60}: {part.group()!r:.40} is no parameter in braces",
                'write key="user_{user_id}"; a brace itself is written twice',
            )
        found.append(name)
    return tuple(dict.fromkeys(found))


def check_names(key: Optional[str], parameters: Collection[str]) -> None:
    """Refuse a key that names what is no parameter of the step. Raises MarkFault."""
    for name in () if key is None else key_names(key):
        if name not in parameters:
            known = ", ".join(parameters) or "none"
            raise MarkFault(
                f"key={key!r:.60}: the step has no parameter {name!r}", f"its parameters: {known}"
            )


def fill_key(key: str, texts: Mapping[str, str]) -> str:
    """Put the texts of the arguments into a key: ``user_{user_id}`` -> ``user_42``."""

    def fill(part: Any) -> str:
        return part.group()[0] if part.group(1) is None else texts[part.group(1)]

    return _PART.sub(fill, key)
