"""All that a name may stand for in a module, at any time, and what defines it."""

from __future__ import annotations

import ast
import builtins
from collections.abc import Iterable, Iterator
from contextlib import suppress

from ops0.core.analyzer.project.exports import star_targets
from ops0.core.analyzer.project.module import Module
from ops0.core.analyzer.project.resolve import External, resolve_import, through_stars
from ops0.core.analyzer.syntax.conditions import chain_of
from ops0.core.analyzer.syntax.model import DEFINITIONS, Cell, Chain, Imported, Unit
from ops0.core.analyzer.syntax.parse import may_import
from ops0.core.analyzer.syntax.scopes import Function
from ops0.core.analyzer.syntax.units import header_of
from ops0.core.analyzer.syntax.walking import walk
from ops0.core.errors import Ops0Error

__all__ = [
    "Home",
    "bases",
    "classes",
    "executed",
    "homes",
    "imported",
    "imports_of",
    "is_class_method",
    "is_metaclass",
    "is_property",
    "made_by",
    "meant",
]

Home = tuple[Module, str, Chain]
"""A name of a module, and attributes of it."""


def executed(unit: Unit) -> list[ast.AST]:
    """What of a unit is executed with it: of a block its header."""
    return header_of(unit.node) if unit.kind == "block" else [unit.node]


def imports_of(module: Module) -> tuple[tuple[Unit, int, Module], ...]:
    """Each file that a module's imports execute, with the statement and the place among its imports: found once."""

    def find() -> Iterator[tuple[Unit, int, Module]]:
        for unit in module.units:
            if unit.dead or not may_import(module.parsed, unit.node):
                continue
            for at, one in enumerate(module.extract(unit).imports):
                yield from ((unit, at, target) for target in _targets_of(module, one))

    return module.memory.once("imports", lambda: tuple(find()))


def _targets_of(module: Module, one: Imported) -> list[Module]:
    """The files of the project that an import executes; those that cannot be read are told elsewhere."""
    dotted = module.absolute(one)
    if dotted is None:
        return []
    project = module.project
    paths: dict[str, None] = {}
    for name in (dotted, f"{dotted}.{one.name}" if one.name not in (None, "*") else dotted):
        found = project.locate(name)
        if found is not None:
            paths.update(dict.fromkeys((*found.packages, *([found.path] if found.path else []))))
    targets = []
    for path in paths:
        with suppress(Ops0Error):
            targets.append(project.module(path))
    return targets


def meant(module: Module, chain: Chain) -> Iterator[External | Home]:
    """Every thing that a dotted name is bound to somewhere in its module, or where its star imports take it from."""
    return _meant(module, chain, set())


def _meant(module: Module, chain: Chain, seen: set[str]) -> Iterator[External | Home]:
    """``seen``: the modules that were asked; star imports may form circles."""
    seen.add(module.path)
    name, rest = chain[0], chain[1:]
    units = module.bindings.get(name, ())
    made = [
        one
        for unit in units
        if unit.kind != "define"
        for one in module.extract(unit).imports
        if one.bound == name
    ]
    found = imported(module, made, rest)
    if module.stars:
        star = through_stars(module, chain)
        if isinstance(star, External):
            found.append(star)
        for target in star_targets(module, name):
            if name in target.bindings and target.path not in seen:
                found += _meant(target, chain, seen)
    yield from found
    if not units and not found and not hasattr(builtins, name):
        yield module, name, rest  # ``global x`` of a name that only functions bind
    elif any(unit.kind != "import" for unit in units):
        yield module, name, rest


def imported(module: Module, made: Iterable[Imported], rest: Chain) -> list[External | Home]:
    """What attributes of imported names may stand for."""
    found: list[External | Home] = []
    for one in made:
        target = resolve_import(module, one, rest)
        if isinstance(target, External):
            found.append(target)
        elif target is not None:
            found.append((target.module, target.name, target.rest))
    return found


def homes(module: Module, node: ast.expr) -> Iterator[Home]:
    """The project's names that an expression may be."""
    chain = chain_of(node)
    for found in meant(module, chain) if chain is not None else ():
        if not isinstance(found, External):
            yield found


def bases(module: Module, node: ast.stmt) -> Iterator[Cell]:
    """The project's names that the bases of a class may be; nothing for any other statement."""
    for base in node.bases if isinstance(node, ast.ClassDef) else ():
        for home, name, _ in homes(module, base):
            yield home.path, name


def classes(module: Module, node: ast.expr) -> tuple[tuple[Module, ast.ClassDef], ...]:
    """The classes of the project that an expression may name, also by another name: found once a name."""
    chain = chain_of(node)
    if chain is None:
        return ()
    return module.memory.once(("classes", chain), lambda: tuple(_classes(module, node)))


def _classes(module: Module, node: ast.expr) -> Iterator[tuple[Module, ast.ClassDef]]:
    pending, seen = [(module, node)], set[tuple[str, str]]()
    while pending:
        here, one = pending.pop()
        for home, name, _ in homes(here, one):
            if (home.path, name) in seen:
                continue
            seen.add((home.path, name))
            for made in made_by(home, name):
                if isinstance(made, ast.ClassDef):
                    yield home, made
                elif isinstance(made, ast.expr):
                    pending.append((home, made))


def made_by(module: Module, name: str) -> Iterator[ast.AST]:
    """The definitions of a name at the top of a module, and the expressions whose values it is given."""
    for unit in module.bindings.get(name, ()):
        if isinstance(unit.node, (*DEFINITIONS, ast.Assign)):
            yield unit.node.value if isinstance(unit.node, ast.Assign) else unit.node
            continue
        for node in walk(unit.node) if unit.kind not in ("import", "block") else ():
            if isinstance(node, DEFINITIONS) and node.name == name:
                yield node
            elif isinstance(node, (ast.Assign, ast.AnnAssign, ast.NamedExpr)) and node.value:
                yield node.value


def is_property(node: Function) -> bool:
    """Whether reading an attribute calls the function."""
    decorators = [] if isinstance(node, ast.Lambda) else node.decorator_list
    return any(
        (chain_of(one) or ("",))[-1] in ("property", "cached_property") for one in decorators
    )


def is_class_method(node: Function) -> bool:
    """Whether ``C.m()`` hands it the class."""
    decorators = [] if isinstance(node, ast.Lambda) else node.decorator_list
    return any(chain_of(one) == ("classmethod",) for one in decorators)


def is_metaclass(node: ast.ClassDef) -> bool:
    """Whether its methods run when a class is defined."""
    return any(chain_of(base) == ("type",) for base in node.bases)
