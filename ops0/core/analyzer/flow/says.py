"""What an annotation says of a value, if it says anything."""

from __future__ import annotations

import ast

from ops0.core.analyzer.flow.values import Made, Maker, Own, Value
from ops0.core.analyzer.project.module import Module
from ops0.core.analyzer.project.resolve import External, resolve
from ops0.core.analyzer.syntax.annotations import chains_in
from ops0.core.analyzer.syntax.conditions import chain_of
from ops0.core.analyzer.syntax.stdlib import is_stdlib

__all__ = ["names_container", "said_by"]

_ANYTHING = frozenset({"Any", "Self", "object", "TypeVar", "T"})
_CONTAINERS = frozenset(
    {
        "AsyncGenerator", "AsyncIterator", "Awaitable", "Callable", "ChainMap", "Collection", "Counter", "DefaultDict",
        "Deque", "Dict", "Final", "FrozenSet", "Generator", "Iterable", "Iterator", "List", "Mapping",
        "MutableMapping", "MutableSequence", "NamedTuple", "Optional", "OrderedDict", "Sequence", "Set", "Tuple",
        "Type", "Union", "defaultdict", "deque", "dict", "frozenset", "list", "set", "tuple", "type",
    }
)  # fmt: skip


def said_by(module: Module, annotation: ast.expr | None) -> Value | None:
    """What the annotation names; None where it leaves open what the value, or a container's content, is."""
    if annotation is None:
        return None
    makers: set[Maker] = set()
    where = module.where(annotation.lineno)
    for chain in chains_in(annotation):
        found = resolve(module, chain, typing=True)
        if isinstance(found, External):
            if _says_nothing(chain[-1]):
                return None
            if not is_stdlib(found.dotted, module.project.target.python):
                makers.add(Made(found.dotted, where))
        elif found is not None and found.unit.kind == "define":
            makers.add(Own(found.module.path, found.name, instance=True))
        elif found is not None or _says_nothing(chain[-1]):
            return None
    return None if not makers and _is_bare(annotation) else Value(frozenset(makers))


def names_container(annotation: ast.expr | None) -> bool:
    """Whether it says at least what the value itself is: ``dict``, ``list[Any]``; not ``Any`` alone or nothing."""
    return annotation is not None and (chain_of(annotation) or ("",))[-1] not in _ANYTHING


def _says_nothing(name: str) -> bool:
    return name in _ANYTHING


def _is_bare(annotation: ast.expr) -> bool:
    """``dict`` or ``list``, or a union with one: nothing is said of what is inside."""
    if isinstance(annotation, ast.Constant) and isinstance(annotation.value, str):
        try:
            return _is_bare(ast.parse(annotation.value.strip(), mode="eval").body)
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            return True
    if isinstance(annotation, ast.BinOp):
        return _is_bare(annotation.left) or _is_bare(annotation.right)
    if isinstance(annotation, ast.Subscript):
        inner = annotation.slice
        return any(
            _is_bare(one) for one in (inner.elts if isinstance(inner, ast.Tuple) else [inner])
        )
    return (chain_of(annotation) or ("",))[-1] in _CONTAINERS
