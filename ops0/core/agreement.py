"""Whether a result may be what a parameter asks for, judged by the text of the two annotations. Pure."""

from __future__ import annotations

import ast
from functools import lru_cache

_ANYTHING = frozenset({"any", "object"})
_WIDER = {
    "int": frozenset({"float", "complex"}),
    "float": frozenset({"complex"}),
    "list": frozenset({"sequence", "iterable", "collection"}),
    "tuple": frozenset({"sequence", "iterable", "collection"}),
    "set": frozenset({"iterable", "collection", "abstractset"}),
    "frozenset": frozenset({"iterable", "collection", "abstractset", "set"}),
    "dict": frozenset({"mapping", "mutablemapping", "iterable", "collection"}),
    "iterator": frozenset({"iterable"}),
    "generator": frozenset({"iterator", "iterable"}),
    "sequence": frozenset({"iterable", "collection"}),
    "mapping": frozenset({"iterable", "collection"}),
    "path": frozenset({"purepath", "pathlike"}),
}


@lru_cache(maxsize=4096)
def heads(annotation: str) -> frozenset[str]:
    """The outermost type names of an annotation, lower case, without modules and arguments.

    ``"Optional[pd.DataFrame]"`` gives ``{"dataframe", "none"}``; what cannot be read gives nothing.
    """
    try:
        tree = ast.parse(annotation.strip(), mode="eval").body
        return frozenset(_heads(tree))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return frozenset()


def agree(result: str | None, wanted: str | None) -> bool:
    """Whether a result annotated so fits a parameter annotated so. A missing annotation fits all."""
    if result is None or wanted is None:
        return True
    have, want = heads(result), heads(wanted)
    if not have or not want or have & _ANYTHING or want & _ANYTHING:
        return True
    have = have - {"none"} or have
    return any(head in want or _WIDER.get(head, frozenset()) & want for head in have)


def gives_nothing(returns: str | None) -> bool:
    """Whether a step says that it returns nothing: ``-> None``."""
    return returns is not None and heads(returns) == {"none"}


def _heads(node: ast.expr) -> set[str]:
    match node:
        case ast.Constant(value=None):
            return {"none"}
        case ast.Constant(value=str(text)):
            return set(heads(text))
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return {"none" if name == "NoneType" else name.lower()}
        case ast.BinOp(left=left, op=ast.BitOr(), right=right):
            return _heads(left) | _heads(right)
        case ast.Subscript(value=value, slice=inner):
            return _generic(_heads(value), inner)
    return set()


def _generic(outer: set[str], inner: ast.expr) -> set[str]:
    """Heads of ``Outer[inner]``: of the members for unions, else of the outer name alone."""
    members = inner.elts if isinstance(inner, ast.Tuple) else [inner]
    if outer == {"union"}:
        return {head for member in members for head in _heads(member)}
    if outer == {"optional"}:
        return _heads(members[0]) | {"none"}
    return _heads(members[0]) if outer == {"annotated"} else outer
