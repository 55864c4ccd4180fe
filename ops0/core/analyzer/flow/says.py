"""What an annotation says of a value, if it says anything."""

from __future__ import annotations

import ast

from ops0.core.analyzer.flow.values import NOTHING, Made, Maker, Own, Value, union
from ops0.core.analyzer.project.module import Module
from ops0.core.analyzer.project.resolve import External, Local, resolve
from ops0.core.analyzer.syntax.annotations import chains_in
from ops0.core.analyzer.syntax.conditions import chain_of
from ops0.core.analyzer.syntax.stdlib import is_stdlib

__all__ = ["left_open", "names_container", "said_by"]

_DEEPEST = 4
_TUPLES = ("Tuple", "tuple")
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
    return None if annotation is None else _said(module, annotation, 0)


def _said(module: Module, annotation: ast.expr, depth: int) -> Value | None:
    parts = tuple(_said(module, one, depth) for one in _items(annotation))
    known = tuple(one if one is not None else NOTHING for one in parts)
    whole = union(known)
    if parts and (None not in parts or whole.makers):
        return Value(whole.makers, whole.unknown, known)
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
            named = _alias(found) if found is not None and depth < _DEEPEST else None
            said = None if named is None else _said(*named, depth + 1)
            if said is None:
                return None
            makers |= said.makers
    return None if not makers and _is_bare(annotation) else Value(frozenset(makers))


def left_open(module: Module, annotation: ast.expr | None) -> frozenset[int]:
    """The items of ``tuple[A, dict]`` of which an annotation does not say all."""
    items = _items(annotation) if annotation is not None else []
    return frozenset(at for at, one in enumerate(items) if said_by(module, one) is None)


def _items(annotation: ast.expr) -> list[ast.expr]:
    """The items of ``tuple[A, B]``."""
    of = chain_of(annotation.value) if isinstance(annotation, ast.Subscript) else None
    inner = annotation.slice if isinstance(annotation, ast.Subscript) else None
    if of is None or of[-1] not in _TUPLES or not isinstance(inner, ast.Tuple):
        return []
    dots = any(isinstance(one, ast.Constant) and one.value is ... for one in inner.elts)
    return [] if dots else inner.elts


def _alias(found: Local) -> tuple[Module, ast.expr] | None:
    """The type behind a name for it at the top of a module: ``Box = tuple[float, float]``."""
    node = found.unit.node
    value = node.value if isinstance(node, (ast.Assign, ast.AnnAssign)) else None
    is_type = isinstance(value, (ast.Subscript, ast.BinOp, ast.Name, ast.Attribute))
    one_name = not isinstance(node, ast.Assign) or isinstance(node.targets[0], ast.Name)
    if value is None or not is_type or not one_name or found.rest:
        return None
    return found.module, value


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
