"""Zip files."""

import zipfile
from pathlib import Path


def zipped(path: Path, into: Path, name: str | None = None) -> None:
    with zipfile.ZipFile(into, "w", zipfile.ZIP_DEFLATED) as out:
        out.write(path, name or path.name)
