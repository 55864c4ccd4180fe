"""Notebooks as Python text, line for line: pure, and without IPython, which no image and no host needs for it.

::

    bytes --document--> code cells --lines--> logical lines --magics--> Python text, installs, remarks

Python's own tokenizer cannot find the lines that only a kernel understands: it refuses ``!cmd`` and ``obj?``, from 3.12
on with the whole rest of the file. IPython's transformer tokenizes again after each such line and would bring
thirteen distributions. What is needed of both is one question: where does a logical line start? See lines.py.
"""

from __future__ import annotations

from ops0.core.notebooks.document import is_notebook
from ops0.core.notebooks.errors import NotebookUnreadable
from ops0.core.notebooks.text import CellText, KernelLine, NotebookText, read_notebook

__all__ = [
    "CellText",
    "KernelLine",
    "NotebookText",
    "NotebookUnreadable",
    "is_notebook",
    "read_notebook",
]
