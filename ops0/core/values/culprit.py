"""Which part of a result cannot be stored. Runs in images: Python 3.8."""

from __future__ import annotations

import sys
from itertools import islice

from ops0.core.values.faults import ValueFault
from ops0.core.values.preview import type_name

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable, Iterator, Tuple

_DEPTH = 8
_WIDTH = 10_000
_HINTS = (
    (
        ("_io.", "socket.", "sqlite3.", "psycopg2.", "http.client."),
        "return its data or a path, not the open thing",
    ),
    (
        ("_thread.", "threading.", "multiprocessing.", "asyncio."),
        "leave locks, threads and tasks out of the result",
    ),
    (("builtins.coroutine",), "await it, for example with asyncio.run(...)"),
)


def unstorable(value: Any, fault: Exception, dump: Callable[[Any], Any]) -> ValueFault:
    """Make the error for a value that cannot be stored: names the smallest part that ``dump`` refuses."""
    part, inner = _find("result", value, dump)
    kind = type_name(inner)
    hint = next((text for starts, text in _HINTS if kind.startswith(starts)), None)
    return ValueFault(
        f"{part}: {kind} cannot be stored: {_reason(inner, fault, dump)}",
        hint or "return plain data, arrays, tables, paths, or objects that can be pickled",
        part,
        kind,
    )


def _find(part: str, value: Any, dump: Callable[[Any], Any]) -> Tuple[str, Any]:
    """Go down to the smallest part that is refused."""
    for _ in range(_DEPTH):
        for name, inner in islice(_parts(value), _WIDTH):
            if not _goes(inner, dump):
                part, value = part + name, inner
                break
        else:
            break
    return part, value


def _parts(value: Any) -> Iterator[Tuple[str, Any]]:
    if isinstance(value, dict):
        for key, inner in value.items():
            yield f"[{key!r:.60}]" if isinstance(key, (str, int)) else f"[{type_name(key)}]", inner
    elif isinstance(value, (list, tuple)):
        for index, inner in enumerate(value):
            yield f"[{index}]", inner
    elif isinstance(value, (set, frozenset)):
        for inner in value:
            yield "{...}", inner
    elif _is_pandas(value, "DataFrame"):
        for at, name in enumerate(value.columns):
            yield f"[{name!r:.60}]", value.iloc[:, at]
    elif _is_pandas(value, "Series"):
        yield from ((f".iloc[{at}]", inner) for at, inner in enumerate(value))
    else:
        for name, inner in list(getattr(value, "__dict__", {}).items()):
            yield f".{name}", inner


def _is_pandas(value: Any, name: str) -> bool:
    kind = getattr(sys.modules.get("pandas"), name, None)
    return kind is not None and isinstance(value, kind)


def _goes(value: Any, dump: Callable[[Any], Any]) -> bool:
    try:
        dump(value)
    except Exception:  # noqa: BLE001 - whatever it raises, this part cannot be stored
        return False
    return True


def _reason(value: Any, fault: Exception, dump: Callable[[Any], Any]) -> str:
    try:
        dump(value)
    except Exception as inner:  # noqa: BLE001 - its text is the reason
        fault = inner
    return f"{type(fault).__name__}: {fault}"[:300]
