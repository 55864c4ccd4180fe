"""Files of the project that are run as programs."""

from __future__ import annotations

import ast

from ops0.core.analyzer.project.module import Module
from ops0.core.analyzer.reach.reach import Reach
from ops0.core.analyzer.syntax.conditions import is_main_guard
from ops0.core.analyzer.syntax.extract import extract
from ops0.core.pipeline import Where

__all__ = ["run_script"]


def run_script(reach: Reach, module: Module, where: Where, why: str) -> None:
    """Keep a whole file that is run as a program, with what stands under ``if __name__ == "__main__"``.

    where: the place that runs it, which is told before all other reasons to keep it whole
    """
    if module.path in reach.scripts:
        return
    reach.scripts.add(module.path)
    reach.keep_whole(module, where, why)
    reach.whole[module.path] = where, why
    for unit in module.units:
        if not unit.dead and unit.kind != "block":
            reach.keep(module, unit)
    guards = (
        node
        for node in ast.walk(module.parsed.tree)
        if isinstance(node, ast.If) and is_main_guard(node.test)
    )
    body = [one for node in guards for one in node.body]
    reach.begin(module, extract(body, module.surroundings), ast.Module(body, []))
