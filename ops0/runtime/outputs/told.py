"""Files of a small result that came with the runner's ``done``: read with mistrust, then taken like any others."""

from __future__ import annotations

import base64
from collections.abc import Iterator, Mapping
from io import BytesIO
from typing import Any

from ops0.runtime.engine import Member
from ops0.runtime.outputs.manifest import Value
from ops0_runner.protocol import MOST_TOLD

Told = Mapping[str, bytes]
"""Name -> content, as somebody in a container says it is."""


def told_files(said: Mapping[str, Any]) -> Told | None:
    """What a ``done`` brings; None where it brings nothing, more than agreed, or what makes no sense."""
    files = said.get("files")
    if not isinstance(files, Mapping):
        return None
    found: dict[str, bytes] = {}
    for name, text in files.items():
        if not isinstance(text, str) or len(text) > 2 * MOST_TOLD:
            return None
        try:
            found[name] = base64.b64decode(text, validate=True)
        except ValueError:
            return None
    return found if sum(map(len, found.values())) <= MOST_TOLD else None


def is_whole(told: Told | None, value: Value) -> bool:
    """Whether these are all files of a value, by name and size. Whoever takes them checks their digests."""
    if told is None or value.all_folders():
        return False
    return {name: len(data) for name, data in told.items()} == {
        file.name: file.size for file in value.all_files()
    }


def told_members(told: Told) -> Iterator[Member]:
    """They, as what is read out of an attempt."""
    for name, data in told.items():
        yield Member(name, "file", len(data), BytesIO(data).read)
