"""The items of an expression: of a list or table that stands in the code, or of what is made of one."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from ops0.core.analyzer.hidden.discovery import file_found, module_found
from ops0.core.analyzer.hidden.spot import Spot

if TYPE_CHECKING:
    from ops0.core.analyzer.hidden.spots import Spots

__all__ = ["direct_elements"]

_SAME_ELEMENTS = frozenset({"frozenset", "list", "reversed", "set", "sorted", "tuple"})


def direct_elements(spots: Spots, spot: Spot) -> list[Spot] | None:
    """The items of one expression that cannot be followed further."""
    node = spot.node
    if isinstance(node, (ast.List, ast.Tuple, ast.Set)):
        found: list[Spot] = []
        for item in node.elts:
            inner = spots.elements(spot.at(item.value)) if isinstance(item, ast.Starred) else None
            found += inner if inner is not None else [spot.at(item)]
        return found
    if isinstance(node, ast.Dict):
        return [spot.at(key) for key in node.keys if key is not None]
    if isinstance(node, (ast.ListComp, ast.SetComp, ast.GeneratorExp)):
        return [spot.at(node.elt)]
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        left, right = spots.elements(spot.at(node.left)), spots.elements(spot.at(node.right))
        return left + (right or []) if left is not None else None
    if isinstance(node, ast.Call):
        in_folder = module_found(spot) or file_found(spot)
        return [in_folder] if in_folder is not None else _made(spots, spot, node)
    return None


def _made(spots: Spots, spot: Spot, node: ast.Call) -> list[Spot] | None:
    """``table.items()``, ``sorted(names)``, ``"a b".split()``, ``enumerate(names)``."""
    func = node.func
    if isinstance(func, ast.Name) and len(node.args) >= 1:
        inner = spots.elements(spot.at(node.args[0]))
        if func.id in _SAME_ELEMENTS or inner is None:
            return inner if func.id in _SAME_ELEMENTS else None
        if func.id == "enumerate":
            number = ast.copy_location(ast.Constant(value=None), node)
            return [_pair(one, number) for one in inner]
    if not isinstance(func, ast.Attribute):
        return None
    if func.attr == "split" and not node.args and isinstance(func.value, ast.Constant):
        words = str(func.value.value).split()
        return [spot.at(ast.copy_location(ast.Constant(value=one), node)) for one in words]
    if func.attr not in ("values", "items", "keys"):
        return None
    found: list[Spot] = []
    for owner in spots.behind(spot.at(func.value)):
        table = owner.node
        if not isinstance(table, ast.Dict):
            return None
        for key, value in zip(table.keys, table.values, strict=True):
            if func.attr == "values" or key is None:
                found.append(owner.at(value))
            elif func.attr == "keys":
                found.append(owner.at(key))
            else:
                found.append(_pair(owner.at(value), key))
    return found


def _pair(value: Spot, first: ast.expr) -> Spot:
    pair = ast.Tuple([first, value.node], ast.Load())
    return value.at(ast.copy_location(pair, value.node))
