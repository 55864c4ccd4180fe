"""Notebooks as Python text, line for line; pure.

::

    bytes --document--> code cells --lines--> logical lines --magics--> Python text, installs, remarks

Why not IPython and nbformat: they are 17 and 11 distributions for one question, where does a logical line start?
Why not Python's tokenizer: from 3.12 on it gives up at ``!echo it's``, and older ones read on in the wrong place.
See lines.py.
"""

from __future__ import annotations

from ops0.core.notebooks.document import is_notebook
from ops0.core.notebooks.errors import NotebookUnreadable
from ops0.core.notebooks.text import (
    CellText,
    KernelLine,
    NotebookText,
    WrittenModule,
    read_notebook,
)

__all__ = [
    "CellText",
    "KernelLine",
    "NotebookText",
    "NotebookUnreadable",
    "WrittenModule",
    "is_notebook",
    "read_notebook",
]
