"""Annotations: which of them run, and which names they hold, also inside strings."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from dataclasses import replace

from ops0.core.analyzer.syntax.conditions import chain_of
from ops0.core.analyzer.syntax.model import Chain, Imported, imported_by
from ops0.core.analyzer.syntax.walking import children, walk

__all__ = [
    "annotation_reads",
    "chains_in",
    "imports_in_text",
    "names_in_text",
    "runs_annotations",
]

_INERT_DECORATORS = frozenset(
    {"functools", "contextlib", "staticmethod", "classmethod", "property", "ops0", "wraps"}
)
_INERT_NAMES = frozenset(
    {
        "step",
        "cached_property",
        "lru_cache",
        "cache",
        "abstractmethod",
        "contextmanager",
        "override",
    }
)
_FIELD_MARKS = frozenset({"ClassVar", "InitVar", "KW_ONLY", "typing", "dataclasses"})
"""What ``dataclasses`` itself looks for in annotations that are strings."""


def annotation_reads(node: ast.FunctionDef | ast.AsyncFunctionDef, *, lazy: bool) -> list[ast.expr]:
    """The annotations of a function that run: all of them, or only those that a decorator will evaluate."""
    if lazy and all(_inert(decorator) for decorator in node.decorator_list):
        return []
    arguments = node.args
    every = [
        *arguments.posonlyargs,
        *arguments.args,
        *arguments.kwonlyargs,
        arguments.vararg,
        arguments.kwarg,
    ]
    found = [one.annotation for one in every if one is not None and one.annotation is not None]
    return [*found, node.returns] if node.returns is not None else found


def runs_annotations(node: ast.ClassDef) -> Callable[[Chain], bool]:
    """Whether a name in a string annotation of that class's fields is evaluated when the class is made."""
    if node.bases or node.keywords:
        return lambda _: True
    if not node.decorator_list:
        return lambda _: False
    plain = all(_last(decorator) == "dataclass" for decorator in node.decorator_list)
    return (lambda chain: not _FIELD_MARKS.isdisjoint(chain)) if plain else (lambda _: True)


def names_in_text(text: str) -> tuple[Chain, ...] | None:
    """The names that a piece of code uses, strings inside annotations included; None if it is no code."""
    try:
        tree = ast.parse(text.strip())
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
    return tuple(chains_in(tree))


def imports_in_text(text: str, line: int) -> Iterator[Imported]:
    """What a piece of code that ``names_in_text`` has read imports, as if it stood in that line."""
    for node in walk(ast.parse(text.strip())):
        if isinstance(node, (ast.Import, ast.ImportFrom)):
            yield from (replace(one, line=line) for one in imported_by(node))


def chains_in(tree: ast.AST) -> Iterator[Chain]:
    """Names and dotted names, longest first seen; those in nested strings too."""
    pending = [tree]
    while pending:
        node = pending.pop()
        chain = chain_of(node)
        if chain is not None:
            yield chain
            continue
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield from (names_in_text(node.value) if _could_be_type(node.value) else None) or ()
        pending.extend(children(node))


def _could_be_type(text: str) -> bool:
    return len(text) < 1000 and not text.startswith(("'", '"'))


def _inert(decorator: ast.expr) -> bool:
    target = decorator.func if isinstance(decorator, ast.Call) else decorator
    chain = chain_of(target) or ("",)
    return chain[0] in _INERT_DECORATORS or chain[-1] in _INERT_NAMES


def _last(decorator: ast.expr) -> str:
    target = decorator.func if isinstance(decorator, ast.Call) else decorator
    return (chain_of(target) or ("",))[-1]
