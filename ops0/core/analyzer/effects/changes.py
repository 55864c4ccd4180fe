"""What executing a statement changes besides the names that it binds."""

from __future__ import annotations

from ops0.core.analyzer.project.markers import is_marked, mark_of
from ops0.core.analyzer.project.module import Module
from ops0.core.analyzer.syntax.model import Unit

__all__ = ["ALWAYS_CHANGED", "runs_pipeline"]

ALWAYS_CHANGED = frozenset(
    {
        "os.environ",
        "os.environ.setdefault",
        "os.environ.update",
        "os.putenv",
        "sys.modules",
        "sys.modules.setdefault",
        "sys.modules.update",
    }
)
"""What libraries read without naming it: settings, and modules that stand in for others."""


def runs_pipeline(module: Module, unit: Unit) -> bool:
    """Whether executing the unit would run steps: ``ops0.run()``, ``training("x.csv")``, ``load()``."""
    known = module.memory.runs
    if unit.index not in known:
        known[unit.index] = _runs_pipeline(module, unit)
    return known[unit.index]


def _runs_pipeline(module: Module, unit: Unit) -> bool:
    if unit.kind not in ("effect", "assign"):
        return False
    for call in module.extract(unit).calls:
        if call.chain[0] and not call.via:
            if mark_of(module, call.node) in ("run", "deploy"):
                return True
            if is_marked(module, call.chain, "step", "pipeline"):
                return True
    return False
