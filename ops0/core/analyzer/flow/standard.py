"""What Python's own functions give back: mostly plain Python, some what went in."""

from __future__ import annotations

import builtins

from ops0.core.analyzer.flow.table import PASSES, PLAIN, UNSURE

__all__ = ["asks_nothing", "builtin_result", "standard_result"]

_BUILTINS = frozenset(
    {
        "aiter", "anext", "dict", "enumerate", "filter", "frozenset", "getattr", "iter", "list", "map", "max", "min",
        "next", "reversed", "set", "sorted", "sum", "super", "tuple", "vars", "zip",
    }
)  # fmt: skip
_MODULES = (
    "asyncio.", "collections.", "concurrent.", "contextlib.", "copy.", "functools.", "heapq.", "itertools.",
    "multiprocessing.", "operator.", "queue.", "threading.", "types.", "weakref.",
)  # fmt: skip
_ASK_NOTHING = (
    "abc.", "bisect.", "dataclasses.", "enum.", "json.dumps", "logging.", "math.", "pickle.dumps", "pprint.", "random.",
    "statistics.", "textwrap.", "time.", "traceback.", "typing.", "uuid.", "warnings.",
)  # fmt: skip
_CLOSE = frozenset({"contextlib.aclosing", "contextlib.closing"})
_FUNCTIONS = frozenset(
    {"dataclasses.replace", "random.choice", "random.choices", "random.sample", "typing.cast", "dataclasses.astuple"}
)  # fmt: skip
_ANYTHING = (
    "dbm.",
    "marshal.",
    "pickle.load",
    "pickle.Unpickler",
    "runpy.",
    "shelve.",
    "importlib.__import__",
    "importlib.import_module",
    "importlib.reload",
    "importlib.util.module_from_spec",
)


def builtin_result(name: str) -> str:
    """What a builtin function gives; anything where there is none of that name."""
    if name in _BUILTINS:
        return PASSES
    return PLAIN if hasattr(builtins, name) and name not in ("eval", "exec") else UNSURE


def asks_nothing(dotted: str) -> bool:
    """Whether a function of the standard library asks what it is given for no methods but Python's own, ``__len__``."""
    return dotted.startswith(_MODULES + _ASK_NOTHING) and dotted not in _CLOSE


def standard_result(dotted: str) -> str:
    """What a function of the standard library gives."""
    if dotted.startswith(_ANYTHING):
        return UNSURE
    return PASSES if dotted in _FUNCTIONS or dotted.startswith(_MODULES) else PLAIN
