"""The fields of which an ``__init__`` is made: of dataclasses, attrs, models of libraries and named tuples.

source: https://docs.python.org/3/library/dataclasses.html, https://www.attrs.org/en/stable/api.html,
        https://docs.pydantic.dev/latest/concepts/fields/
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass

from ops0.core.analyzer.flow.classes import lineage
from ops0.core.analyzer.flow.places import Place
from ops0.core.analyzer.project.module import Module
from ops0.core.analyzer.project.resolve import External, resolve
from ops0.core.analyzer.syntax.annotations import chains_in
from ops0.core.analyzer.syntax.conditions import chain_of

__all__ = ["Field", "decorator_of", "kind_of", "own_fields", "says"]

_ATTRS = frozenset(
    {"attr.attributes", "attr.attrs", "attr.define", "attr.frozen", "attr.mutable", "attr.s",
     "attrs.define", "attrs.frozen", "attrs.mutable"}
)  # fmt: skip
_TUPLES = frozenset({"typing.NamedTuple", "typing_extensions.NamedTuple"})
_MODELS = frozenset(
    {"msgspec.Struct", "pydantic.BaseModel", "pydantic.BaseSettings", "pydantic.main.BaseModel",
     "pydantic.v1.BaseModel", "pydantic.v1.BaseSettings", "pydantic_settings.BaseSettings", "sqlmodel.SQLModel"}
)  # fmt: skip
_FIELDS = frozenset(
    {"attr.attrib", "attr.field", "attr.ib", "attrs.field", "dataclasses.field", "msgspec.field", "pydantic.Field",
     "pydantic.fields.Field", "pydantic.v1.Field", "sqlmodel.Field"}
)  # fmt: skip
_DEFAULT_FIRST = ("attr.attrib", "attr.ib", "pydantic.", "sqlmodel.")
"""Beginnings of those whose first argument is the default."""
_FACTORIES = frozenset({"attr.Factory", "attrs.Factory"})


@dataclass(frozen=True, slots=True)
class Field:
    """One field.

    parameters: those that fill it; none for ``init=False``, two where a model knows it by another name too
    kept:       whether the instance has it, unlike an ``InitVar``
    """

    name: str
    parameters: tuple[str, ...]
    default: ast.expr | None
    by_word: bool
    kept: bool


def kind_of(owner: Place, node: ast.ClassDef) -> str | None:
    """The dotted name of the decorator, or of the library's base, by which a class has fields."""
    made = decorator_of(owner.module, node)
    if made is not None:
        return made
    direct = {one.dotted for one in _bases(owner.module, node)}
    if not direct.isdisjoint(_TUPLES):
        return min(direct & _TUPLES)
    above = {one.dotted for one in lineage(owner) if isinstance(one, External)} & _MODELS
    return min(above, default=None)


def decorator_of(module: Module, node: ast.ClassDef) -> str | None:
    """The dotted name of the decorator that makes ``__init__`` of a class's fields."""
    for one in node.decorator_list:
        dotted = _dotted(module, one.func if isinstance(one, ast.Call) else one)
        if dotted in _ATTRS or dotted.endswith(".dataclass"):
            return dotted
    return None


def _bases(module: Module, node: ast.ClassDef) -> Iterator[External]:
    for chain in map(chain_of, node.bases):
        found = resolve(module, chain) if chain else None
        if isinstance(found, External):
            yield found


def own_fields(owner: Place, node: ast.ClassDef) -> Iterator[Field]:
    """The fields that a class adds to those of its bases, in order."""
    kind = kind_of(owner, node) or ""
    by_word = kind in _MODELS and not kind.startswith("msgspec.")
    settings = (*node.decorator_list, *node.keywords)
    by_word = by_word or any(says(one, "kw_only", value=True) for one in settings)
    for one in node.body:
        if isinstance(one, ast.AnnAssign) and isinstance(one.target, ast.Name):
            marks = {chain[-1] for chain in chains_in(one.annotation)}
            by_word = by_word or "KW_ONLY" in marks
            hidden = kind in _MODELS and one.target.id.startswith("_")
            if hidden or not marks.isdisjoint({"ClassVar", "KW_ONLY"}):
                continue
            yield _field(
                owner, one.target.id, one.value, kind, by_word=by_word, kept="InitVar" not in marks
            )
        elif isinstance(one, ast.Assign) and kind in _ATTRS and _is_field(owner.module, one.value):
            names = (target.id for target in one.targets if isinstance(target, ast.Name))
            for name in names:
                yield _field(owner, name, one.value, kind, by_word=by_word, kept=True)


def _is_field(module: Module, value: ast.expr | None) -> bool:
    return isinstance(value, ast.Call) and _dotted(module, value.func) in _FIELDS


def _field(
    owner: Place, name: str, value: ast.expr | None, kind: str, *, by_word: bool, kept: bool
) -> Field:
    parameters: tuple[str, ...] = (name.lstrip("_") if kind in _ATTRS else name,)
    if not isinstance(value, ast.Call) or not _is_field(owner.module, value):
        return Field(name, parameters, _made_by(owner.module, value), by_word, kept)
    words = {one.arg: one.value for one in value.keywords}
    alias = words.get("alias", words.get("validation_alias"))
    if isinstance(alias, ast.Constant) and isinstance(alias.value, str):
        parameters = (alias.value,) if kind in _ATTRS else (name, alias.value)
    if says(value, "init", value=False):
        parameters = ()
    default = words.get("default")
    if value.args and _dotted(owner.module, value.func).startswith(_DEFAULT_FIRST):
        default = value.args[0]
    factory = words.get("default_factory", words.get("factory"))
    default = _made_by(owner.module, default) if factory is None else _called(factory)
    by_word = by_word or says(value, "kw_only", value=True)
    return Field(name, parameters, default, by_word, kept)


def _made_by(module: Module, default: ast.expr | None) -> ast.expr | None:
    """The default itself, or of ``Factory(list)`` what it makes; None for ``...``, which says that there is none."""
    if isinstance(default, ast.Constant) and default.value is ...:
        return None
    if isinstance(default, ast.Call) and _dotted(module, default.func) in _FACTORIES:
        return _called(default.args[0]) if default.args else None
    return default


def _called(factory: ast.expr) -> ast.expr:
    """What a factory makes."""
    if isinstance(factory, ast.Lambda):
        return factory.body
    return ast.copy_location(ast.Call(factory, [], []), factory)


def says(node: ast.AST, word: str, *, value: bool) -> bool:
    """Whether a call says ``word=value``, or a keyword of a class is that."""
    words = node.keywords if isinstance(node, ast.Call) else [node]
    return any(
        isinstance(one, ast.keyword)
        and one.arg == word
        and isinstance(one.value, ast.Constant)
        and one.value.value is value
        for one in words
    )


def _dotted(module: Module, node: ast.expr) -> str:
    """The dotted name of what is not the project's; empty for all else."""
    chain = chain_of(node)
    found = resolve(module, chain) if chain else None
    return found.dotted if isinstance(found, External) else ""
