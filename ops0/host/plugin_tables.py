"""Finds the rules that installed distributions bring: files named by entry points. No code of theirs is imported."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from ops0.core.configuration.plugin_tables import BadIntegration, Integration, parse_integration
from ops0.core.pipeline import Where
from ops0.core.requirements.direct_url import read_direct_url
from ops0.host.installed import environment_path

if TYPE_CHECKING:
    from importlib.metadata import Distribution

GROUP = "ops0.integrations"
_VALUE = re.compile(r"(?P<package>[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*)\s*:\s*(?P<file>\w[\w.]*\.toml)")


def read_integrations(path: Sequence[str] | None = None) -> tuple[Integration, ...]:
    """Read the integrations of the folders of ``path``, sorted by distribution, the first of a name counts.

    path:   None: the user's environment, then ops0's own
    raises: BadIntegration, and what ``parse_integration`` raises
    """
    own = [one for one in sys.path if one.endswith(("site-packages", "dist-packages"))]
    folders = list(dict.fromkeys((*environment_path(), *own) if path is None else path))
    if not any(map(_has_group, folders)):
        return ()
    from importlib.metadata import distributions  # noqa: PLC0415 - takes milliseconds, and is rarely needed

    found: dict[str, tuple[Integration, ...]] = {}
    for distribution in distributions(path=folders):
        if GROUP in (distribution.read_text("entry_points.txt") or ""):
            name = distribution.metadata["Name"]
            if name not in found:
                found[name] = tuple(_of(distribution, name))
    return tuple(one for name in sorted(found) for one in found[name])


def _has_group(folder: str) -> bool:
    """Whether some distribution of a folder may name a file of rules."""
    with suppress(OSError), os.scandir(folder) as entries:
        for entry in entries:
            if entry.name.endswith("-info"):
                with suppress(OSError), open(f"{entry.path}/entry_points.txt", "rb") as file:  # noqa: PTH123 - hundreds
                    if GROUP.encode() in file.read():
                        return True
    return False


def _of(distribution: Distribution, name: str) -> Iterator[Integration]:
    for entry in sorted(distribution.entry_points.select(group=GROUP)):
        where = Where(f"{name}/entry_points.txt", 1)
        match = _VALUE.fullmatch(entry.value)
        if match is None:
            fact = f"names {entry.value!r}, not a file in a package as `acme:ops0.toml`"
            raise BadIntegration(name, where, fact)
        inside = "/".join((*match["package"].split("."), match["file"]))
        data = _read(distribution, inside)
        if data is None:
            raise BadIntegration(name, where, f"names {inside}, which is not installed")
        yield parse_integration(data, name, f"{name}/{inside}")


def _read(distribution: Distribution, inside: str) -> bytes | None:
    """The bytes of a file, beside the distribution's metadata or in the source folder of an editable one."""
    places = [Path(str(distribution.locate_file(inside)))]
    with suppress(ValueError):  # a broken document of somebody else's package
        told = read_direct_url(distribution.read_text("direct_url.json"))
        if told is not None and told.source is not None:
            root = Path(told.source)
            places += [root / "src" / inside, root / inside]
    found = next((place for place in places if place.is_file()), None)
    return found.read_bytes() if found is not None else None
