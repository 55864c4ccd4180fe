"""Names in rules that a library does not have: a rule that says one never fires."""

from __future__ import annotations

import ast
from collections.abc import Collection, Iterable, Iterator
from fnmatch import filter as matching

from hidden_needs.candidates import public_names
from hidden_needs.library import Module
from hidden_needs.optional import dotted
from hidden_needs.scopes import Scopes
from ops0.core.requirements.rules import Rule


def unknown_names(scopes: Scopes, rules: Iterable[Rule]) -> Iterator[tuple[str, str]]:
    """The rules' ids with names under the library's own that nothing in its modules binds.

    What compiled modules, other wheels of the same name and modules made at run time have is said in vain.
    """
    bound = _bound(scopes)
    for rule in rules:
        for name in rule.uses:
            if name.partition(".")[0] in scopes.library.tops and not _is_known(scopes, bound, name):
                yield rule.id, name


def _is_known(scopes: Scopes, bound: Collection[str], name: str) -> bool:
    if name in bound or scopes.resolve(name) in bound:
        return True
    plain, star, rest = name.partition(".*")
    if star or "*" in name:
        return bool(
            matching(bound, name) or matching(bound, f"{scopes.resolve(plain)}{star}{rest}")
        )
    owner, _, last = name.rpartition(".")
    owner = scopes.resolve(owner)
    if f"{owner}.{last}" in bound:
        return True
    if owner in scopes.defined:
        _, node = scopes.defined[owner]
        return bool(scopes.method(owner, last)) or (
            isinstance(node, ast.ClassDef) and _is_open(scopes, owner)
        )
    module = scopes.library.modules.get(owner)
    return module is not None and _gives_late(module, last)


def _is_open(scopes: Scopes, owner: str) -> bool:
    """Whether a class may have inherited anything from a base of another library."""
    bases = (
        (module, base)
        for one in scopes.lineage(owner)
        for module, node in [scopes.defined[one]]
        if isinstance(node, ast.ClassDef)
        for base in node.bases
    )
    return any(
        scopes.resolve(f"{module.name}.{dotted(base)}") not in scopes.defined
        for module, base in bases
        if dotted(base) != "object"
    )


def _gives_late(module: Module, name: str) -> bool:
    """Whether a module has a name only as a text, for its ``__getattr__`` to look up."""
    texts = (one for one in ast.walk(module.tree) if isinstance(one, ast.Constant))
    return any(isinstance(one.value, str) and name in one.value.split() for one in texts)


def _bound(scopes: Scopes) -> frozenset[str]:
    """Everything that has a name: modules, definitions, imports, variables and attributes of classes."""
    public = (name for names in public_names(scopes).values() for name in names)
    found = {*scopes.library.modules, *scopes.defined, *scopes.aliases, *public}
    for module in scopes.library.modules.values():
        found.update(f"{module.name}.{name}" for name in _variables(module.tree))
    return frozenset(found)


def _variables(node: ast.AST) -> Iterator[str]:
    """What is assigned in a module or in the bodies of its classes, not in functions."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.Name) and isinstance(child.ctx, ast.Store):
            yield child.id
        elif isinstance(child, ast.ClassDef):
            yield from (f"{child.name}.{name}" for name in _variables(child))
        elif not isinstance(child, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)):
            yield from _variables(child)
