"""Classes that a table of settings names by a text: handlers, formatters and filters of ``logging.config.dictConfig``.

https://docs.python.org/3/library/logging.config.html#user-defined-objects: ``class`` names a handler or formatter,
``()`` whatever makes an object; ``ext://a.b`` is an object of a module.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from ops0.core.analyzer.hidden.spot import Spot
from ops0.core.analyzer.hidden.spots import Spots
from ops0.core.analyzer.hidden.texts import is_known, texts

__all__ = ["CONFIGURERS", "named_in_settings"]

CONFIGURERS = frozenset({"logging.config.dictConfig", "logging.config.DictConfigurator"})
_KEYS = frozenset({"()", "class"})
_OBJECT = "ext://"
_DEEPEST = 8


def named_in_settings(spots: Spots, settings: Spot) -> Iterator[str]:
    """The dotted names of what the settings have made, as far as the code says them."""
    pending = [(settings, 0)]
    while pending:
        asked, depth = pending.pop()
        for one in spots.behind(asked) if depth < _DEEPEST else ():
            if isinstance(one.node, ast.Dict):
                for key, value in zip(one.node.keys, one.node.values, strict=True):
                    named = isinstance(key, ast.Constant) and key.value in _KEYS
                    yield from _texts(spots, one.at(value), "" if named else _OBJECT)
                    pending.append((one.at(value), depth + 1))
            elif isinstance(one.node, (ast.List, ast.Tuple)):
                pending += [(one.at(item), depth + 1) for item in one.node.elts]


def _texts(spots: Spots, spot: Spot, start: str) -> Iterator[str]:
    if isinstance(spot.node, (ast.Dict, ast.List, ast.Tuple)):
        return
    for text in texts(spots, spot):
        name = text.removeprefix(_OBJECT)
        if text.startswith(start) and is_known(text) and "." in name:
            yield name
