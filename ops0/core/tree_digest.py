"""The digest of Python source by its syntax tree, which no comment, blank line or place of a line changes. Pure."""

from __future__ import annotations

import ast
import warnings
from functools import lru_cache
from typing import Any

from ops0.core.digest import sha256

__all__ = ["tree_digest"]


@lru_cache(maxsize=4096)
def tree_digest(text: str) -> str:
    """Hex digest of a module's syntax tree without positions; of the text itself where it is no Python we read.

    Fields that are empty do not count, for newer Pythons add such fields to old nodes; and the pieces of an f-string
    are joined, for each Python cuts them elsewhere.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # the user's odd escapes are no subject here
            plain = repr(_plain(ast.parse(text)))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return sha256(b"text:" + text.encode("utf-8", "surrogatepass"))
    return sha256(plain.encode("utf-8", "surrogatepass"))


def _plain(node: Any) -> Any:
    if isinstance(node, ast.AST):
        fields = [
            (name, _plain(_joined(value) if isinstance(node, ast.JoinedStr) else value))
            for name, value in ast.iter_fields(node)
            if value is not None and value != [] and not _is_empty_format(value)
        ]
        # None is a value of a constant, not an empty field.
        if isinstance(node, ast.Constant) and node.value is None:
            fields.append(("value", None))
        return (type(node).__name__, fields)
    if isinstance(node, list):
        return [_plain(one) for one in node]
    return (type(node).__name__, node)


def _joined(values: list[ast.expr]) -> list[ast.expr]:
    """The values of an f-string with neighbouring texts as one, and none that is empty."""
    made: list[ast.expr] = []
    for one in values:
        if isinstance(one, ast.Constant) and isinstance(one.value, str):
            last = made[-1] if made else None
            before = made.pop() and last.value if isinstance(last, ast.Constant) else ""
            if text := str(before) + one.value:
                made.append(ast.Constant(text))
        else:
            made.append(one)
    return made


def _is_empty_format(node: Any) -> bool:
    """``f"{x:}"``."""
    return isinstance(node, ast.JoinedStr) and not _joined(node.values)
