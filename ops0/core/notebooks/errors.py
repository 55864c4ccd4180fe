"""What can be wrong with a notebook as a file. What its code lacks, ops0.core.analyzer.errors says."""

from __future__ import annotations

from ops0.core.errors import AnalysisError

__all__ = ["NotebookUnreadable"]


class NotebookUnreadable(AnalysisError):
    """The file is no notebook, or a cell of it cannot be read."""

    exit_code = 11

    def __init__(
        self, path: str, fact: str, hint: str | None = None, *, cell: int | None = None
    ) -> None:
        place = path if cell is None else f"{path}: cell {cell}"
        super().__init__(f"{place}: {fact}", hint or "open it in Jupyter and save it again")
        self.path, self.fact, self.cell = path, fact, cell
