"""Files of the project that shadow a module of Python's own, as ``random.py`` beside the pipeline does."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from pathlib import Path


def shadowing_hint(roots: Sequence[str]) -> str | None:
    """Say which files hide a module of Python's own from all that a step's process imports, the runner too."""
    files = sorted({file for root in roots for file in _shadowing(Path(root))})
    if not files:
        return None
    what = (
        "they hide Python's own modules of those names"
        if len(files) > 1
        else "it hides Python's own module of that name"
    )
    return f"rename {' and '.join(files)}: {what}"


def _shadowing(root: Path) -> Iterator[str]:
    for path in root.glob("*.py"):
        if path.stem in sys.stdlib_module_names:
            yield path.name
