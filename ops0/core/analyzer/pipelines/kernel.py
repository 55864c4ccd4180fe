"""What a notebook's kernel gives and a step's process does not: magics, commands, ``get_ipython``, ``Out``."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from typing import TYPE_CHECKING

from ops0.core.analyzer.errors import NeedsKernel
from ops0.core.analyzer.project.having import having
from ops0.core.errors import Ops0Error
from ops0.core.notebooks.document import is_notebook
from ops0.core.notebooks.text import KernelLine
from ops0.core.pipeline import Warn

if TYPE_CHECKING:
    from ops0.core.analyzer.pipelines.declared_steps import DeclaredStep
    from ops0.core.analyzer.reach.reach import Reach

__all__ = ["earlier_definitions", "kernel_faults", "kernel_warnings"]

_OF_KERNEL = re.compile(r"get_ipython|In|Out|__?_?|_i?\d+")


def kernel_faults(reach: Reach, step: str) -> list[Ops0Error]:
    """An error for each line that a step reaches and that would not do there what it does in the notebook."""
    return [
        NeedsKernel(line.remark.where, step, line.remark.text, line.remark.hint)
        for line in _reached(reach)
    ]


def kernel_warnings(reach: Reach) -> Iterator[Warn]:
    """The same lines as warnings, and names that only a kernel binds."""
    for line in _reached(reach):
        yield line.remark
    notebooks = having(
        reach.project, "notebook", reach.modules(), lambda module: is_notebook(module.path)
    )
    if not any(True for _ in notebooks):
        return
    for module, piece, _ in reach.pieces():
        if not is_notebook(module.path):
            continue
        for read in piece.reads:
            name = read.chain[0]
            if not read.via and name not in module.bindings and _OF_KERNEL.fullmatch(name):
                yield Warn(
                    where=module.where(read.line),
                    text=f"`{name}` is there only in a notebook, not where a step runs",
                    hint="write it as Python where a step needs it",
                )


def earlier_definitions(step: DeclaredStep) -> Iterator[Warn]:
    """That a notebook defines a step more than once, and which of them counts."""
    module = step.module
    if not is_notebook(module.path):
        return
    defined = [unit for unit in module.bindings.get(step.node.name, ()) if unit.kind == "define"]
    if len(defined) > 1 and defined[-1] is step.unit:
        cells = [module.where(unit.node.lineno).cell for unit in defined[:-1]]
        numbers = sorted({cell[0] for cell in cells if cell is not None})
        listed = f"cell{'s' * (len(numbers) > 1)} {', '.join(map(str, numbers))}"
        text = f"'{step.node.name}' is defined in {listed} too; the last definition counts"
        yield Warn(where=step.where, text=text, hint="delete the cells that are no longer meant")


def _reached(reach: Reach) -> Iterator[KernelLine]:
    lacking = having(
        reach.project, "lines of a kernel", reach.modules(), lambda module: module.parsed.missing
    )
    for module, missing in lacking:
        lines = [line.line for line in missing]
        for index in sorted(reach.kept[module.path]):
            unit = module.units[index]
            # Of a block only the header is kept; what stands in it is kept, or not, by itself.
            if unit.kind != "block":
                first, last = unit.node.lineno, unit.node.end_lineno or unit.node.lineno
                yield from missing[bisect_left(lines, first) : bisect_right(lines, last)]
