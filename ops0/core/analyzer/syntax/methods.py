"""Methods that a class can do without as long as nobody calls them: what makes the class, and what they run, apart."""

from __future__ import annotations

import ast
import copy
import re
from collections.abc import Callable, Collection, Iterable, Iterator

from ops0.core.analyzer.syntax.conditions import chain_of
from ops0.core.analyzer.syntax.model import FUNCTIONS
from ops0.core.analyzer.syntax.walking import children, walk

__all__ = [
    "PLAIN_BASES",
    "body_alone",
    "last_name",
    "names_said",
    "read_by_class",
    "restable",
    "without_bodies",
]

Function = ast.FunctionDef | ast.AsyncFunctionDef

PLAIN_BASES = frozenset({"ABC", "Generic", "Protocol", "object"})
"""Classes of Python that call no methods of what is derived from them."""

_CLASS_DECORATORS = frozenset(
    {"attrs", "dataclass", "define", "final", "frozen", "mutable", "runtime_checkable", "s", "total_ordering"}
)  # fmt: skip
_DECORATORS = frozenset(
    {"abstractmethod", "cached_property", "classmethod", "deleter", "getter", "override", "property", "setter",
     "staticmethod"}
)  # fmt: skip
_KNOWN_BY_NAME = re.compile(r"__\w+__|_repr_\w+|_ipython_\w+")
_BY_A_VALUE = frozenset({"attrgetter", "getattr", "getattr_static", "getmembers", "methodcaller"})
_WORD = re.compile(r"[^\W\d]\w*")
_PATH = re.compile(r"[^\W\d]\w*(\.[^\W\d]\w*)*(\(\))?")
_FILE = re.compile(
    r"[^.]*\.(csv|gz|html|json|jsonl|parquet|pdf|pickle|pkl|png|txt|tsv|xlsx|xml|yaml|yml)"
)
_FIELD = re.compile(r"\{[^{}]*\}|\{%.*?%\}")
_READS_CODE = frozenset({"compile", "eval", "exec", "query"})
"""Functions that execute what a text says."""


def restable(node: ast.ClassDef) -> tuple[Function, ...]:
    """The methods of a class that only code which names them can call, as far as the class itself tells.

    None where a decorator, a metaclass or another keyword may look at them. What Python calls itself, ``__init__``,
    is none, nor what a decorator of unknown kind, or the class by another name, has in its hands.
    """
    if node.keywords or any(last_name(one) not in _CLASS_DECORATORS for one in node.decorator_list):
        return ()
    handed = read_by_class(node)
    return tuple(
        one
        for one in node.body
        if isinstance(one, FUNCTIONS)
        and not _KNOWN_BY_NAME.fullmatch(one.name)
        and one.name not in handed
        and all(last_name(decorator) in _DECORATORS for decorator in one.decorator_list)
    )


def read_by_class(node: ast.ClassDef) -> frozenset[str]:
    """The names that a class statement itself reads: ``_a`` of ``b = property(_a)``, ``@_a`` and ``def c(self, d=_a)``.

    Not that of ``@a.setter``, which goes on with the property that it is called on.
    """
    found: set[str] = set()
    for one in node.body:
        parts: Iterable[ast.AST | None] = (one,)
        if isinstance(one, FUNCTIONS):
            going_on = ("deleter", "getter", "setter")
            decorators = (by for by in one.decorator_list if last_name(by) not in going_on)
            parts = (*decorators, *one.args.defaults, *one.args.kw_defaults)
        for part in parts:
            if part is not None:
                found.update(inner.id for inner in walk(part) if isinstance(inner, ast.Name))
    return frozenset(found)


def last_name(node: ast.expr) -> str:
    """``c`` of ``a.b.c`` or of a call of it; empty for all else."""
    return (chain_of(node.func if isinstance(node, ast.Call) else node) or ("",))[-1]


def without_bodies(node: ast.ClassDef, methods: Collection[ast.stmt]) -> ast.ClassDef:
    """The class with nothing in these methods: their decorators, defaults and annotations run when it is made."""
    some = {id(one) for one in methods}
    made = copy.copy(node)
    made.body = [_emptied(one) if id(one) in some else one for one in node.body]
    return made


def _emptied(node: ast.stmt) -> ast.stmt:
    made = copy.copy(node)
    made.body = [ast.copy_location(ast.Pass(), node)]  # type: ignore[attr-defined]
    return made


def body_alone(node: Function) -> Function:
    """The method without what runs when its class is made."""
    made = copy.copy(node)
    made.decorator_list, made.returns = [], None
    made.args = copy.copy(node.args)
    made.args.defaults, made.args.kw_defaults = [], [None] * len(node.args.kwonlyargs)
    for field in ("posonlyargs", "args", "kwonlyargs"):
        setattr(made.args, field, [_bare(one) for one in getattr(node.args, field)])
    for field in ("vararg", "kwarg"):
        one = getattr(node.args, field)
        setattr(made.args, field, None if one is None else _bare(one))
    return made


def _bare(node: ast.arg) -> ast.arg:
    return ast.copy_location(ast.arg(node.arg, None), node)


def names_said(
    node: ast.AST, but: Collection[int], outside: Callable[[ast.Attribute], bool] | None
) -> frozenset[str] | None:
    """The names by which a piece of code may ask for a method: attributes, and texts that are or hold such names.

    but:     the ids of parts that do not count
    outside: whether an attribute is surely a library's own, as ``json.load`` is
    returns: None where it asks by a name that only the run knows
    """
    found: set[str] = set()
    for one in _parts(node, but):
        if isinstance(one, ast.Attribute):
            if outside is None or not outside(one):
                found.add(one.attr)
        elif isinstance(one, ast.Constant) and isinstance(one.value, str):
            found.update(_names_in(one.value))
        elif isinstance(one, ast.MatchClass):
            found.update(one.kwd_attrs)
        elif isinstance(one, ast.Call):
            if _asks_by_a_value(one):
                return None
            if last_name(one) in _READS_CODE:
                found.update(_WORD.findall(ast.unparse(one)))
    return frozenset(found)


def _names_in(text: str) -> list[str]:
    """``m``, ``k.m()``, and what stands in the fields of a format or template; no file or address."""
    is_name = _PATH.fullmatch(text) and not _FILE.fullmatch(text)
    whole = text if is_name else " ".join(_FIELD.findall(text))
    return _WORD.findall(whole)


def _asks_by_a_value(node: ast.Call) -> bool:
    name = last_name(node)
    if name not in _BY_A_VALUE:
        return False
    asked = node.args[1:2] if name.startswith("getattr") else node.args
    return not asked or not all(isinstance(one, ast.Constant) for one in asked)


def _parts(node: ast.AST, but: Collection[int]) -> Iterator[ast.AST]:
    """All of it but docstrings."""
    pending = [node]
    while pending:
        one = pending.pop()
        if id(one) in but or (isinstance(one, ast.Expr) and isinstance(one.value, ast.Constant)):
            continue
        yield one
        pending += children(one)
