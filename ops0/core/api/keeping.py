"""``@ops0.cache``: a step whose result is kept, and by what it is found again. Runs in images: Python 3.8."""

from __future__ import annotations

import re

from ops0.core.api import signature
from ops0.core.api.marks import StepDefinitionError, marking, place_of, plain
from ops0.core.errors import AnalysisError
from ops0.core.quantities import QuantityError, seconds

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Collection, Dict, Mapping, Optional, Tuple

__all__ = ["CacheFault", "cache", "cache_fields", "check_names", "fill_key", "key_names"]

_PART = re.compile(r"\{\{|\}\}|\{([^{}]*)\}|[{}]")
_LONGEST_KEY = 500


class CacheFault(AnalysisError):
    """What ``@ops0.cache`` cannot mean."""

    exit_code = 18


def cache(ttl: Any = None, key: Optional[str] = None) -> Any:
    """Keep a step's result, and take it from there instead of running the step again.

    use:    ``@ops0.cache``, ``@ops0.cache(ttl="1h", key="user_{user_id}")``
    ttl:    how long a result holds, as ``"1h"`` or seconds; None: until ``ops0 gc`` removes it
    key:    a text with the step's parameters in braces that stands for its inputs; None: the inputs themselves. The
            step's code and what it needs always count
    raises: StepDefinitionError
    """
    if callable(ttl):
        return marking("cache", {"ttl": None, "key": None})(ttl)
    try:
        fields = cache_fields({"ttl": ttl, "key": key})
    except (CacheFault, QuantityError) as fault:
        raise StepDefinitionError(f"@ops0.cache: {fault}", fault.hint or "") from None

    def mark(function: Any) -> Any:
        marked = marking("cache", fields)(plain(function, "@ops0.cache"))
        try:
            check_names(fields["key"], signature.parameter_names(function))
        except CacheFault as fault:
            place = place_of(function)
            raise StepDefinitionError(f"@ops0.cache: {fault}", fault.hint or "", place) from None
        return marked

    return mark


def cache_fields(given: Mapping[str, Any]) -> Dict[str, Any]:
    """Check the arguments of ``@ops0.cache``: ``ttl``, in seconds, and ``key``. Raises CacheFault, QuantityError."""
    ttl, key = given.get("ttl"), given.get("key")
    limit = None if ttl is None else seconds(ttl)
    if limit is not None and limit <= 0:
        raise CacheFault("ttl is no time at all", 'write @ops0.cache(ttl="1h")')
    if key is not None:
        if not isinstance(key, str) or not key.isprintable() or not 0 < len(key) <= _LONGEST_KEY:
            raise CacheFault(f"key={key!r:.40} is no text", 'write key="user_{user_id}"')
        key_names(key)
    return {"ttl": limit, "key": key}


def key_names(key: str) -> Tuple[str, ...]:
    """List the parameters that a key names, each once: ``user_{user_id}`` -> ``user_id``. Raises CacheFault."""
    found = []
    for part in _PART.finditer(key):
        name = part.group(1)
        if part.group() in ("{{", "}}"):
            continue
        if name is None or not name.isidentifier():
            raise CacheFault(
                f"key={key!r:.60}: {part.group()!r:.40} is no parameter in braces",
                'write key="user_{user_id}"; a brace itself is written twice',
            )
        found.append(name)
    return tuple(dict.fromkeys(found))


def check_names(key: Optional[str], parameters: Collection[str]) -> None:
    """Refuse a key that names what is no parameter of the step. Raises CacheFault."""
    for name in () if key is None else key_names(key):
        if name not in parameters:
            known = ", ".join(parameters) or "none"
            raise CacheFault(
                f"key={key!r:.60}: the step has no parameter {name!r}", f"its parameters: {known}"
            )


def fill_key(key: str, texts: Mapping[str, str]) -> str:
    """Put the texts of the arguments into a key: ``user_{user_id}`` -> ``user_42``."""

    def fill(part: Any) -> str:
        return part.group()[0] if part.group(1) is None else texts[part.group(1)]

    return _PART.sub(fill, key)
