"""What of this Python's packages a step depends on: its distributions and all that they require, by version."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import lru_cache
from importlib import metadata

from ops0.core.requirements.names import canonicalize_name

_NAME = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?")


def installed_closure(names: Iterable[str]) -> Mapping[str, str | None]:
    """Name -> version of these distributions, and of what they require as far as it is installed; None: not here.

    Markers are not evaluated: a distribution that is installed and named counts. Sorted by name.
    """
    wanted = [canonicalize_name(name) for name in names]
    found: dict[str, str | None] = dict.fromkeys(wanted)
    while wanted:
        name = wanted.pop()
        version, required = _facts(name)
        if version is None:
            continue
        found[name] = version
        for one in required:
            if one not in found and _facts(one)[0] is not None:
                found[one] = None
                wanted.append(one)
    return dict(sorted(found.items()))


@lru_cache(maxsize=4096)
def _facts(name: str) -> tuple[str | None, tuple[str, ...]]:
    try:
        told = metadata.distribution(name)
        matches = (_NAME.match(line) for line in told.requires or () if "extra ==" not in line)
        return told.version, tuple(canonicalize_name(one.group()) for one in matches if one)
    except Exception:  # noqa: BLE001 - broken metadata of somebody else's package: as good as not there
        return None, ()
