"""Functions that keep nothing from one call to the next: who holds one may be changed, and it stays what it is."""

from __future__ import annotations

import ast
from collections.abc import Mapping

from ops0.core.analyzer.project.module import Module
from ops0.core.analyzer.syntax.conditions import chain_of
from ops0.core.analyzer.syntax.model import Cell
from ops0.core.analyzer.syntax.walking import walk

__all__ = ["is_stateless"]


def is_stateless(modules: Mapping[str, Module], cell: Cell) -> bool:
    """Whether a name is only ever one function, without decorators, attributes or defaults that keep something.

    ``app.add_node(f)``, ``jobs.append(f)``: the object holds f from then on, and what changes it does not change f.
    """
    path, name = cell
    module = modules[path]
    return module.memory.once(("stateless", name), lambda: _find(module, name))


def _find(module: Module, name: str) -> bool:
    units = module.bindings.get(name, ())
    node = units[0].node if len(units) == 1 else None
    if not isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)) or node.decorator_list:
        return False
    defaults = (*node.args.defaults, *filter(None, node.args.kw_defaults))
    return all(isinstance(one, ast.Constant) for one in defaults) and name not in _with_attributes(
        module
    )


def _with_attributes(module: Module) -> frozenset[str]:
    """The names of which a module reads or sets attributes: ``f.calls = 0``."""
    return module.memory.once(("with attributes",), lambda: _find_with_attributes(module))


def _find_with_attributes(module: Module) -> frozenset[str]:
    nodes = (node for node in walk(module.parsed.tree) if isinstance(node, ast.Attribute))
    chains = (chain_of(node) for node in nodes)
    return frozenset(chain[0] for chain in chains if chain is not None)
