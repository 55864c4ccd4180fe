"""The mapping of the pipreqs that is installed with ops0."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path


def pipreqs_mapping() -> str:
    """Its text, found without importing pipreqs (which loads its network libraries); "" without one."""
    spec = find_spec("pipreqs")
    for place in (spec.submodule_search_locations or ()) if spec else ():
        mapping = Path(place, "mapping")
        if mapping.is_file():
            return mapping.read_text("utf-8")
    return ""
