"""A module's top-level statements as units that are kept or dropped one by one."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from ops0.core.analyzer.syntax.bases import called_by
from ops0.core.analyzer.syntax.conditions import chain_of, is_main_guard
from ops0.core.analyzer.syntax.flags import Flags
from ops0.core.analyzer.syntax.guards import suppresses_import_error
from ops0.core.analyzer.syntax.methods import PLAIN_BASES, restable
from ops0.core.analyzer.syntax.model import (
    DEFINITIONS,
    FUNCTIONS,
    Guard,
    Unit,
    UnitKind,
    imported_by,
)
from ops0.core.analyzer.syntax.scopes import names_bound
from ops0.core.analyzer.syntax.sharing import shared
from ops0.core.analyzer.syntax.walking import walk

__all__ = ["bindings_of", "header_of", "is_inert", "split_units"]

_SWALLOW = frozenset({"ExitStack", "raises", "suppress"})
_STILL = (ast.Constant, ast.Name, ast.List, ast.Tuple, ast.Dict, ast.expr_context)
"""What a value is made of that runs no code."""


def header_of(node: ast.stmt) -> list[ast.AST]:
    """What a block itself runs: its test, or what it enters."""
    if isinstance(node, ast.If):
        return [node.test]
    return list(node.items) if isinstance(node, ast.With) else []


def split_units(tree: ast.Module, flags: Flags, libraries: Mapping[str, str]) -> tuple[Unit, ...]:
    """Cut a module into units, in the order of the source.

    libraries: name -> dotted name outside the project that an import at the top binds to it

    ``if`` and ``with`` blocks are opened, so that their statements are kept singly; ``try`` and loops stay
    whole. ``if __name__ == "__main__"`` is left out unless it has an ``else``, which an import runs. Branches that the
    target never takes are marked dead.
    """
    split = _Split(flags, _own_names(tree), libraries)
    split.add(tree.body, None, "body", conditional=False, dead=False)
    return tuple(split.units)


def is_inert(unit: Unit) -> bool:
    """Whether executing the unit runs no code of the user's that could look at other names."""
    node = unit.node
    if isinstance(node, (ast.Import, ast.ImportFrom)):
        return True
    if isinstance(node, FUNCTIONS):
        return not node.decorator_list
    if isinstance(node, (ast.Assign, ast.AnnAssign)):
        return node.value is not None and all(isinstance(one, _STILL) for one in walk(node.value))
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)


def _bound(node: ast.stmt, *, opened: bool) -> frozenset[str]:
    """The names that a unit binds itself; of a statement that is opened those of its head."""
    if isinstance(node, DEFINITIONS):
        return frozenset({node.name})
    if not opened:
        return shared(names_bound([node]) - {"*"})
    if isinstance(node, ast.With):
        return shared(names_bound([ast.With(node.items, [ast.Pass()])]))
    if isinstance(node, ast.If):
        return shared(names_bound([ast.Expr(node.test)]))  # ``if (n := len(rows)) > 2:``
    return shared(())


class _Split:
    def __init__(self, flags: Flags, own: frozenset[str], libraries: Mapping[str, str]) -> None:
        self.flags, self.own, self.libraries = flags, own, libraries
        self.units: list[Unit] = []

    def add(
        self,
        body: Sequence[ast.stmt],
        parent: int | None,
        branch: str,
        *,
        conditional: bool,
        dead: bool,
        guard: Guard = "none",
    ) -> None:
        for node in body:
            if isinstance(node, ast.If) and is_main_guard(node.test) and not node.orelse:
                continue
            index = len(self.units)
            opened = _opens(node) and not self._may_swallow(node)
            imports = (
                imported_by(node, guard) if isinstance(node, (ast.Import, ast.ImportFrom)) else ()
            )
            bound = _bound(node, opened=opened)
            self.units.append(
                Unit(
                    index=index,
                    node=node,
                    kind=_kind(node, bound, opened=opened),
                    parent=parent,
                    branch=branch,
                    conditional=conditional or (bool(bound) and _may_skip(node, bound)),
                    dead=dead,
                    loose=parent is not None and self._is_loose(self.units[parent], node),
                    bound=bound,
                    imports=imports,
                )
            )
            if isinstance(node, ast.ClassDef):
                self._add_methods(node, self.units[index])
            if opened:
                self._open(node, index, conditional=conditional, dead=dead, guard=guard)

    def _add_methods(self, node: ast.ClassDef, owner: Unit) -> None:
        if any(self._may_call(one) for one in node.bases):
            return
        for method in restable(node):
            index = len(self.units)
            self.units.append(
                replace(owner, index=index, node=method, kind="method", parent=owner.index,
                        branch="body", loose=False, bound=shared(()))
            )  # fmt: skip

    def _may_call(self, base: ast.expr) -> bool:
        """Whether a class is of a library of which it is not known what it calls."""
        chain = _called(base)
        bound = self.libraries.get(chain[0]) if chain else None
        if bound is None or chain is None or chain[-1] in PLAIN_BASES:
            return False
        return called_by(".".join((bound, *chain[1:]))) is None

    def _is_loose(self, block: Unit, node: ast.stmt) -> bool:
        """Whether a function is the same without the ``with`` around: the library's object never looks at it.

        Airflow's decorators note the function in the DAG around it, for the scheduler: it does the same without.
        """
        around = block.node
        if not isinstance(around, ast.With) or block.parent is not None:
            return False
        if not isinstance(node, FUNCTIONS):
            return False
        makers = [self._library(item.context_expr) for item in around.items]
        decorators = [self._library(one) for one in node.decorator_list]
        return all(makers) and (not decorators or {*makers, *decorators} == {"airflow"})

    def _library(self, node: ast.expr) -> str:
        """The first part of the library that a called thing comes from; empty for all else."""
        return self.libraries.get((_called(node) or ("",))[0], "").partition(".")[0]

    def _may_swallow(self, node: ast.stmt) -> bool:
        """Whether a ``with`` may end its body half way: then what stands above decides what runs below."""
        if not isinstance(node, ast.With):
            return False
        called = (_called(item.context_expr) for item in node.items)
        return any(chain[0] in self.own or chain[-1] in _SWALLOW for chain in called if chain)

    def _open(
        self, node: ast.stmt, index: int, *, conditional: bool, dead: bool, guard: Guard
    ) -> None:
        if isinstance(node, ast.With):
            inner: Guard = "absent" if suppresses_import_error(node) else guard
            self.add(node.body, index, "body", conditional=conditional, dead=dead, guard=inner)
        elif isinstance(node, ast.If):
            verdict = False if is_main_guard(node.test) else self.flags.decide(node.test)
            unsure = conditional or verdict is None
            asked: Guard = "absent" if self.flags.asks(node.test) else guard
            never, always = dead or verdict is False, dead or verdict is True
            self.add(node.body, index, "body", conditional=unsure, dead=never, guard=asked)
            self.add(node.orelse, index, "orelse", conditional=unsure, dead=always, guard=guard)


def _own_names(tree: ast.Module) -> frozenset[str]:
    """The functions and classes that are defined at the top."""
    return frozenset(node.name for node in tree.body if isinstance(node, DEFINITIONS))


def _called(node: ast.expr) -> tuple[str, ...] | None:
    return chain_of(node.func if isinstance(node, ast.Call) else node)


def _kind(node: ast.stmt, bound: frozenset[str], *, opened: bool) -> UnitKind:
    if opened:
        return "block"
    if isinstance(node, (ast.Import, ast.ImportFrom)):
        return "import"
    if isinstance(node, DEFINITIONS):
        return "define"
    return "assign" if bound and not isinstance(node, ast.Delete) else "effect"


def _may_skip(node: ast.stmt, bound: frozenset[str]) -> bool:
    """Whether a statement may end without having bound its names; ``del`` and ``x += 1`` bind nothing new.

    What ``:=`` binds inside an expression may be behind an ``and``, or in a loop that runs never.
    """
    if isinstance(node, ast.Assign):
        return not bound <= {
            one.id for target in node.targets for one in walk(target) if isinstance(one, ast.Name)
        }
    kinds = (
        ast.If, ast.For, ast.While, ast.Try, ast.With, ast.AugAssign, ast.Delete, ast.Match, ast.Expr, ast.Assert
    )  # fmt: skip
    return isinstance(node, kinds)


def _opens(node: ast.stmt) -> bool:
    """Whether a block can be cut: every statement of it starts on a line of its own."""
    if isinstance(node, ast.With):
        header = max(
            _end(part)
            for item in node.items
            for part in (item.context_expr, item.optional_vars)
            if part
        )
        return _on_own_lines(node.body, header)
    if not isinstance(node, ast.If) or not _on_own_lines(node.body, _end(node.test)):
        return False
    return not node.orelse or _on_own_lines(node.orelse, _end(node.body[-1]) + (not _is_elif(node)))


def _is_elif(node: ast.If) -> bool:
    """Whether the orelse is an ``elif``: it starts at the column of the ``if``; a nested one stands deeper."""
    other = node.orelse[0]
    return (
        len(node.orelse) == 1 and isinstance(other, ast.If) and other.col_offset == node.col_offset
    )


def _on_own_lines(body: Sequence[ast.stmt], line: int) -> bool:
    return body[0].lineno > line


def _end(node: ast.AST) -> int:
    end: int = getattr(node, "end_lineno", 0)
    return end


def bindings_of(units: Iterable[Unit]) -> dict[str, tuple[Unit, ...]]:
    """Name to the units that bind it, in their order."""
    table: dict[str, list[Unit]] = {}
    for unit in units:
        for name in sorted(unit.bound):
            table.setdefault(name, []).append(unit)
    return {name: tuple(found) for name, found in table.items()}
