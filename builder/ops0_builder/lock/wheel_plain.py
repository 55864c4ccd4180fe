"""A wheel's own words of itself with no address in what it needs: for a resolver, which would fetch those itself."""

from __future__ import annotations

import re
import zipfile
from pathlib import Path

from ops0.core.requirements.pep508 import NotRequirement, read_requirement

_NEED = re.compile(rb"^Requires-Dist:(?P<need>[^\r\n]*@[^\r\n]*)$", re.MULTILINE | re.IGNORECASE)


def plain_wheel(wheel: Path, folder: Path) -> Path:
    """Write a wheel of the same name with nothing but the documents in it, needs named without their addresses.

    >>> plain_need(" b[x] @ git+https://x.example/b.git ; extra == 'y'")
    'b[x] ; extra == "y"'
    """
    made = folder / wheel.name
    with zipfile.ZipFile(wheel) as source, zipfile.ZipFile(made, "w") as target:
        for name in source.namelist():
            folder_name, _, document = name.rpartition("/")
            if not folder_name.endswith(".dist-info") or "/" in folder_name:
                continue
            if document == "METADATA":
                target.writestr(name, _plain(source.read(name)))
            elif document in ("WHEEL", "RECORD"):
                target.writestr(name, source.read(name))
    return made


def plain_need(text: str) -> str:
    """One need without its address; what is none as it is, for the resolver to judge."""
    try:
        need = read_requirement(text.strip())
    except NotRequirement:
        return text.strip()
    need.url = None
    extras = f"[{','.join(sorted(need.extras))}]" if need.extras else ""
    marker = f" ; {need.marker}" if need.marker else ""
    return f"{need.name}{extras}{need.specifier}{marker}"


def _plain(metadata: bytes) -> bytes:
    head, blank, body = metadata.partition(b"\n\n")
    named = _NEED.sub(
        lambda found: f"Requires-Dist: {plain_need(found['need'].decode())}".encode(), head
    )
    return named + blank + body
