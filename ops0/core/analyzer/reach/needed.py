"""Guarded imports whose failure the file survives but the function would not."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from functools import partial
from typing import TypeGuard

from ops0.core.analyzer.project.external import ExternalImport
from ops0.core.analyzer.project.module import Module
from ops0.core.analyzer.reach.reach import Reach
from ops0.core.analyzer.syntax.conditions import chain_of
from ops0.core.analyzer.syntax.guards import catches_import_error, gives_up, suppresses_import_error
from ops0.core.analyzer.syntax.model import Extract, Imported, Unit
from ops0.core.analyzer.syntax.scopes import names_bound

__all__ = ["NeededAnyway"]

_LEAVES = (ast.Return, ast.Continue, ast.Break)

_Place = tuple[int, str]
"""Of an import: its line, and the name that it binds."""


class NeededAnyway:
    """Finds imports that the code may lack by its own words, and then uses without asking.

    ``try: import x / except ImportError: x = None`` and then ``x.train()``; or ``if not HAS_X: raise``.
    """

    def __init__(self, reach: Reach) -> None:
        self.reach = reach

    def among(self, externals: Iterable[ExternalImport]) -> frozenset[ExternalImport]:
        """Those that the step cannot do without: the ones it uses, and what is imported on the way to one.

        Where one of a ``try`` fails, those behind it are never made.
        """
        guarded = [one for one in externals if one.one.guard != "none"]
        used = [one for one in guarded if self._is_used(one)]
        before = {(one.module.path, place) for one in used for place in self._places_before(one)}
        on_way = (one for one in guarded if (one.module.path, _place(one.one)) in before)
        return frozenset((*used, *on_way))

    def _places_before(self, external: ExternalImport) -> Iterator[_Place]:
        unit, module, place = _statement(external), external.module, _place(external.one)
        for node in self._inside(external) if unit is None else (unit.node,):
            for row in module.memory.once(("on trial", node), partial(_on_trial, node)):
                if place in row:
                    yield from row[: row.index(place)]

    def _is_used(self, external: ExternalImport) -> bool:
        """Whether the step uses what a guarded import binds, and asks for nothing before."""
        unit, one, module = _statement(external), external.one, external.module
        if one.guard != "absent":
            return False
        if unit is None:
            return any(self._needed_inside(module, node, one) for node in self._inside(external))
        around = module.units[unit.parent].node if unit.parent is not None else None
        if unit.kind == "import" and not isinstance(around, ast.With):
            return False  # under a test that asks for it
        if one.bound in _replaced_by_handlers(unit.node):
            return False
        given = one.bound in _bound_by_handlers(unit.node)
        others = {each.bound for each in module.extract(unit).imports} - {one.bound}
        bound = unit.bound - others  # what is imported beside it is no flag
        return any(
            self._uses(module, piece, node, one.bound, bound, given=given)
            for piece, node in self._pieces_of(module)
            if node is not unit.node
        )

    def _inside(self, external: ExternalImport) -> Iterator[ast.AST]:
        """What is reached that has an import in it."""
        pieces = self._pieces_of(external.module)
        return (node for piece, node in pieces if external.one in piece.imports)

    def _pieces_of(self, module: Module) -> Iterator[tuple[Extract, ast.AST]]:
        """What is reached of one module, each with its syntax."""
        codes = zip(self.reach.extras, self.reach.codes, strict=True)
        yield from ((piece, node) for (there, piece), (_, node, _) in codes if there is module)
        for index in self.reach.kept.get(module.path, ()):
            unit = module.units[index]
            yield module.extract(unit), unit.node

    @staticmethod
    def _needed_inside(module: Module, node: ast.AST, one: Imported) -> bool:
        """Found once for each import: no step has a say in it."""
        key = ("needed inside", node, one)
        return module.memory.once(key, lambda: _needed_inside(node, one))

    def _uses(
        self,
        module: Module,
        piece: Extract,
        node: ast.AST,
        name: str,
        bound: frozenset[str],
        *,
        given: bool,
    ) -> bool:
        """Likewise for each statement and import."""
        return module.memory.once(
            ("uses blindly", node, name, bound, given),
            lambda: self._uses_blindly(piece, node, name, bound, given=given),
        )

    @staticmethod
    def _uses_blindly(
        piece: Extract, node: ast.AST, name: str, bound: frozenset[str], *, given: bool
    ) -> bool:
        """``given``: the name is bound to something in any case."""
        chains = [read.chain for read in piece.reads if not read.via and read.chain[0] in bound]
        if chains and _demands(node, bound):
            return True
        if any(chain[0] != name for chain in chains):
            return False  # it asks the flag that is set beside the import
        if _tested(node, name):
            return False
        if any(len(chain) > 1 for chain in chains):
            return True
        called = any(call.chain == (name,) and not call.via for call in piece.calls)
        return bool(chains) and (not given or called)


def _statement(external: ExternalImport) -> Unit | None:
    """The statement at the top of a module that has an import; None where it stands in a function or a method."""
    unit = external.unit
    return None if unit is None or unit.kind in ("define", "method") else unit


def _place(one: Imported) -> _Place:
    return one.line, one.bound


def _on_trial(node: ast.AST) -> tuple[tuple[_Place, ...], ...]:
    """What each guard in a statement imports on every path, in its order, without what a guard in it catches."""
    return tuple(tuple(_made(one.body)) for one in ast.walk(node) if _is_guard(one))


def _is_guard(node: ast.AST) -> TypeGuard[ast.Try | ast.With]:
    if isinstance(node, ast.Try):
        return any(catches_import_error(handler.type) for handler in node.handlers)
    return isinstance(node, ast.With) and suppresses_import_error(node)


def _made(body: Iterable[ast.stmt]) -> Iterator[_Place]:
    for statement in body:
        if isinstance(statement, ast.Import):
            for each in statement.names:
                yield statement.lineno, each.asname or each.name.partition(".")[0]
        elif isinstance(statement, ast.ImportFrom):
            yield from ((statement.lineno, each.asname or each.name) for each in statement.names)
        elif isinstance(statement, (ast.With, ast.Try)) and not _is_guard(statement):
            yield from _made(statement.body)


def _needed_inside(node: ast.AST, one: Imported) -> bool:
    """The same for an import inside a function."""
    for guard in ast.walk(node):
        if isinstance(guard, (ast.Try, ast.With)) and _imports(guard.body, one):
            handlers = [
                handler
                for handler in getattr(guard, "handlers", ())
                if catches_import_error(handler.type)
            ]
            leaves = any(isinstance(handler.body[-1], _LEAVES) for handler in handlers)
            if leaves or one.bound in _replaced_by_handlers(guard):
                return False
            given = one.bound in _bound_by_handlers(guard)
            flags = names_bound(guard.body) | {one.bound}
            if _demands(node, flags):
                return True
            inside = {id(part) for statement in guard.body for part in ast.walk(statement)}
            rest = [part for part in _parts(node) if id(part) not in inside]
            if any(isinstance(part, ast.Name) and part.id in flags - {one.bound} for part in rest):
                return False
            return not _tested(node, one.bound) and any(
                _uses(part, one.bound, bare=not given) for part in rest
            )
    return False


def _parts(node: ast.AST) -> Iterator[ast.AST]:
    """The syntax of a function without what its imports bind."""
    return (part for part in ast.walk(node) if not isinstance(part, (ast.Import, ast.ImportFrom)))


def _uses(part: ast.AST, name: str, *, bare: bool) -> bool:
    if isinstance(part, ast.Attribute):
        return isinstance(part.value, ast.Name) and part.value.id == name
    if isinstance(part, ast.Call):
        return isinstance(part.func, ast.Name) and part.func.id == name
    return bare and isinstance(part, ast.Name) and part.id == name and _loads(part)


def _loads(node: ast.Name) -> bool:
    return isinstance(node.ctx, ast.Load)


def _imports(body: list[ast.stmt], one: Imported) -> bool:
    return any(
        isinstance(inner, (ast.Import, ast.ImportFrom)) and inner.lineno == one.line
        for statement in body
        for inner in ast.walk(statement)
    )


def _bound_by_handlers(node: ast.AST) -> frozenset[str]:
    """What is bound in place of a failed import."""
    bodies = [one.body for one in getattr(node, "handlers", ()) if catches_import_error(one.type)]
    return frozenset().union(*(names_bound(body) for body in bodies))


def _replaced_by_handlers(node: ast.AST) -> frozenset[str]:
    """What is bound to something of use in place of a failed import: ``tqdm = lambda rows: rows``, not ``None``."""
    found: set[str] = set()
    for handler in getattr(node, "handlers", ()):
        for inner in ast.walk(handler):
            if isinstance(inner, ast.Assign) and not isinstance(inner.value, ast.Constant):
                found |= {one.id for one in inner.targets if isinstance(one, ast.Name)}
    return frozenset(found)


def _demands(node: ast.AST, names: frozenset[str]) -> bool:
    """``if not HAS_X: raise``, ``if x is None: raise``, ``assert HAS_X``."""
    for inner in ast.walk(node):
        if isinstance(inner, ast.Assert) and _chain_in(inner.test, names):
            return True
        if isinstance(inner, ast.If) and _absent(inner.test, names) and gives_up(inner.body):
            return True
    return False


def _absent(test: ast.expr, names: frozenset[str]) -> bool:
    """A test that holds where the import has failed."""
    if isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not):
        return _chain_in(test.operand, names)
    return (
        isinstance(test, ast.Compare)
        and isinstance(test.ops[0], (ast.Is, ast.Eq))
        and isinstance(test.comparators[0], ast.Constant)
        and not test.comparators[0].value
        and _chain_in(test.left, names)
    )


def _chain_in(node: ast.expr, names: frozenset[str]) -> bool:
    chain = chain_of(node)
    return chain is not None and len(chain) == 1 and chain[0] in names


def _tested(node: ast.AST, name: str) -> bool:
    """Whether some test of the code looks at the bare name."""
    for inner in ast.walk(node):
        tests: list[ast.expr] = []
        if isinstance(inner, (ast.If, ast.IfExp, ast.While, ast.Assert)):
            tests = [inner.test]
        elif isinstance(inner, ast.BoolOp):
            tests = inner.values[:-1]
        elif isinstance(inner, ast.Compare):
            tests = [inner.left, *inner.comparators]
        elif isinstance(inner, ast.comprehension):
            tests = inner.ifs
        if any(_looks_at(test, name) for test in tests):
            return True
    return False


def _looks_at(test: ast.expr, name: str) -> bool:
    """``x``, ``not x``, ``x is None``, ``callable(x)``: but not ``x.y``."""
    owners = {id(inner.value) for inner in ast.walk(test) if isinstance(inner, ast.Attribute)} | {
        id(inner.func) for inner in ast.walk(test) if isinstance(inner, ast.Call)
    }
    return any(
        isinstance(inner, ast.Name) and inner.id == name and id(inner) not in owners
        for inner in ast.walk(test)
    )
