"""The files of a folder that look like pipelines: for whoever names none."""

from __future__ import annotations

from contextlib import suppress
from itertools import islice
from pathlib import Path

__all__ = ["pipelines_in"]

_MOST = 100
"""Files that are looked into."""
_BEGINNING = 1 << 16
_STEPS = (b"@ops0.step", b"@ops0.pipeline", b"@step", b"@pipeline", b"ops0.pipeline(")


def pipelines_in(folder: Path) -> tuple[str, ...]:
    """Their names, sorted: of the files that name ops0 and decorate something."""
    found: list[str] = []
    with suppress(OSError):
        files = sorted(one for one in folder.iterdir() if one.suffix in (".py", ".ipynb"))
        for file in islice(files, _MOST):
            with suppress(OSError), file.open("rb") as stream:
                text = stream.read(_BEGINNING)
                if b"ops0" in text and any(one in text for one in _STEPS):
                    found.append(file.name)
    return tuple(found)
