"""The statements of a module that may be kept for another reason than what they surely change."""

from __future__ import annotations

import ast

from ops0.core.analyzer.elsewhere import acted_on
from ops0.core.analyzer.model import Unit
from ops0.core.analyzer.modules import Module
from ops0.core.analyzer.world import World

__all__ = ["weak_statements"]


def weak_statements(world: World, module: Module) -> tuple[Unit, ...]:
    """Those of a module, found once for all steps."""
    if module.path not in world.weak:
        world.weak[module.path] = tuple(
            unit for unit in module.units if _is_weak(world, module, unit)
        )
    return world.weak[module.path]


def _is_weak(world: World, module: Module, unit: Unit) -> bool:
    if unit.kind == "import":
        return not unit.dead and bool(acted_on(module, unit))
    done = world.doings.get((module.path, unit.index))
    if done is None or isinstance(unit.node, ast.Pass):
        return False
    if isinstance(unit.node, ast.Delete):
        # Who reads a name does not want it gone; who reads a table wants it without the item.
        return not all(isinstance(target, ast.Name) for target in unit.node.targets)
    if unit.kind == "effect":
        return not (isinstance(unit.node, ast.Expr) and isinstance(unit.node.value, ast.Constant))
    return bool(done.handed or done.libraries or done.called)
