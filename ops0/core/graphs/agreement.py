"""Whether a result may be what a parameter asks for, judged by the text of the two annotations. Pure."""

from __future__ import annotations

from functools import lru_cache

from ops0.core.graphs.annotated import members

_ANYTHING = frozenset({"any", "object"})
_WIDER = {
    "bool": frozenset({"int", "float", "complex"}),
    "int": frozenset({"float", "complex"}),
    "float": frozenset({"complex"}),
    "str": frozenset({"sequence", "iterable", "collection"}),
    "bytes": frozenset({"sequence", "iterable", "collection"}),
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
    return frozenset(name.rpartition(".")[2].lower() for name in members(annotation))


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
