"""Files of the user's that have the name of a module of Python's own, as ``random.py`` beside the pipeline."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from pathlib import Path


def hiding_hint(roots: Sequence[str]) -> str | None:
    """Say which files hide a module of Python's own from all that a step's process imports, the runner too."""
    files = sorted({file for root in roots for file in _hiding(Path(root))})
    if not files:
        return None
    what = (
        "they hide Python's own modules of those names"
        if len(files) > 1
        else "it hides Python's own module of that name"
    )
    return f"rename {' and '.join(files)}: {what}"


def _hiding(root: Path) -> Iterator[str]:
    for path in root.glob("*.py"):
        if path.stem in sys.stdlib_module_names:
            yield path.name
