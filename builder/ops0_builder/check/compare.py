"""Two images -> what differs, file by file. Pure."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timezone
from typing import Any

_CONFIGURATION = "configuration"
"""What is named as the layer of what differs in an image's configuration."""
ABSENT = "absent"


@dataclass(frozen=True, kw_only=True, slots=True)
class Entry:
    """One entry of a layer.

    kind:    file, folder, symbolic link, hard link, or the tar's own type of anything else
    content: a file's sha256, where a link leads, "" for the rest;  size: bytes
    owner:   ``0:0``;  mtime: seconds since 1970;  attributes: extended ones, sorted
    """

    kind: str
    content: str = ""
    size: int = 0
    mode: int = 0o644
    owner: str = "0:0"
    mtime: int = 0
    attributes: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class LayerFiles:
    """One layer of one image: ``diff_id`` is the digest of its tar; ``entries`` by path, in the tar's order."""

    diff_id: str
    entries: Mapping[str, Entry]


@dataclass(frozen=True, kw_only=True, slots=True)
class Aspect:
    """One thing in which two entries differ, with both sides as a person reads them.

    what: bytes, mode, owner, mtime, kind, target, attributes, presence, order, packing or value
    """

    what: str
    first: str
    second: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Difference:
    """One path that two builds made differently. ``layer`` is its title; ``path`` is "" for the layer as a whole."""

    layer: str
    path: str
    aspects: tuple[Aspect, ...]


def layer_differences(title: str, first: LayerFiles, second: LayerFiles) -> tuple[Difference, ...]:
    """What differs in one layer, by path. The same entries in another order, or packed otherwise, are told too."""
    paths = sorted({*first.entries, *second.entries})
    pairs = ((path, first.entries.get(path), second.entries.get(path)) for path in paths)
    found = tuple(
        Difference(layer=title, path=path, aspects=aspects)
        for path, one, other in pairs
        if (aspects := tuple(entry_aspects(one, other)))
    )
    return found or (Difference(layer=title, path="", aspects=(_whole(first, second),)),)


def _whole(first: LayerFiles, second: LayerFiles) -> Aspect:
    if list(first.entries) == list(second.entries):
        # The engine names a layer by its packed bytes; the tar in it may be the same.
        return Aspect(what="packing", first=first.diff_id, second=second.diff_id)
    pairs = zip(first.entries, second.entries, strict=True)
    one, other = next(pair for pair in pairs if pair[0] != pair[1])
    return Aspect(what="order", first=one, second=other)


def entry_aspects(first: Entry | None, second: Entry | None) -> Iterator[Aspect]:
    """In what two entries of one path differ; nothing for equal ones."""
    if first is None or second is None:
        words = [ABSENT if one is None else one.kind for one in (first, second)]
        if first is not second:
            yield Aspect(what="presence", first=words[0], second=words[1])
        return
    if first.kind != second.kind:
        yield Aspect(what="kind", first=first.kind, second=second.kind)
    elif first.content != second.content:
        what = "bytes" if first.kind == "file" else "target"
        yield Aspect(what=what, first=_content(first), second=_content(second))
    for what, one, other in (
        ("mode", f"{first.mode:04o}", f"{second.mode:04o}"),
        ("owner", first.owner, second.owner),
        ("mtime", _time(first.mtime), _time(second.mtime)),
        ("attributes", _pairs(first.attributes), _pairs(second.attributes)),
    ):
        if one != other:
            yield Aspect(what=what, first=one, second=other)


def configuration_differences(
    first: Mapping[str, Any], second: Mapping[str, Any]
) -> tuple[Difference, ...]:
    """What differs in two image configurations but their lists of layers, by path as ``config.Labels.a``."""
    one, other = dict(_leaves("", first)), dict(_leaves("", second))
    return tuple(
        Difference(
            layer=_CONFIGURATION,
            path=path,
            aspects=(
                Aspect(what="value", first=one.get(path, ABSENT), second=other.get(path, ABSENT)),
            ),
        )
        for path in sorted({*one, *other})
        if not path.startswith("rootfs.") and one.get(path) != other.get(path)
    )


def layer_titles(count: int, own: Iterable[str]) -> tuple[str, ...]:
    """A title for each of an image's layers, lowest first: ``own`` are the uppermost, those below are the base's."""
    titles = tuple(own)
    return (*(f"base, layer {at + 1}" for at in range(count - len(titles))), *titles)[-count:]


def _leaves(path: str, value: Any) -> Iterator[tuple[str, str]]:
    if isinstance(value, Mapping):
        for name, item in value.items():
            yield from _leaves(f"{path}.{name}" if path else str(name), item)
    elif isinstance(value, list):
        for at, item in enumerate(value):
            yield from _leaves(f"{path}.{at}", item)
    else:
        yield path, value if isinstance(value, str) else json.dumps(value)


def _content(entry: Entry) -> str:
    if entry.kind == "file":
        return f"{entry.size} bytes, sha256:{entry.content}"
    return entry.content


def _time(seconds: int) -> str:
    return datetime.fromtimestamp(seconds, timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")


def _pairs(attributes: tuple[tuple[str, str], ...]) -> str:
    return ", ".join(f"{name}={value}" for name, value in attributes)
