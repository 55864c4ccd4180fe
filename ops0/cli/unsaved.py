"""Steps that a kernel has otherwise than its notebook: ``ops0.run("flow.ipynb")`` runs what is saved."""

from __future__ import annotations

import inspect
import re
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import FunctionType

from ops0.core.api.marks import is_step
from ops0.core.notebooks.document import code_cells, is_notebook
from ops0.core.notebooks.errors import NotebookUnreadable
from ops0.core.pipeline import Warn, Where

__all__ = ["kernel_names", "unsaved_steps"]


def kernel_names() -> Mapping[str, object]:
    """What the kernel has that this code runs in; nothing where it runs in none."""
    return vars(sys.modules["__main__"]) if "ipykernel" in sys.modules else {}


def unsaved_steps(file: Path, names: Mapping[str, object]) -> Iterator[Warn]:
    """A warning for each step of the kernel that the saved notebook defines otherwise.

    names: what the kernel has. A step that the notebook does not define at all may be another notebook's
    """
    if not names or not is_notebook(file.name) or not file.is_file():
        return
    try:
        cells = code_cells(file.name, file.read_bytes())
    except NotebookUnreadable:
        return  # the analysis says so
    for value in list(names.values()):
        if not is_step(value):
            continue
        source, name = _source(value), value.__name__
        defined = re.compile(rf"^\s*def {re.escape(name)}\(", re.MULTILINE)
        saved = [cell for cell in cells if defined.search(cell.text)]
        if source is None or not saved or any(source in cell.text for cell in saved):
            continue
        yield Warn(
            where=Where(file.name, 1, (saved[-1].number, 1)),
            text=f"step '{name}' is not saved as this kernel has it; what is saved runs",
            hint="save the notebook and run this again, or write ops0.run() for what the kernel has",
        )


def _source(step: FunctionType) -> str | None:
    """The text of a step as its cell had it; None where nobody knows, or where a kernel has rewritten a line of it."""
    try:
        text = inspect.getsource(step).strip()
    except (OSError, TypeError):
        return None
    return None if "get_ipython()" in text else text
