"""What the files of locks say of each distribution: its file, and which index it is from. Of whole and of damaged ones.

A lock that a merge stopped in is written anew by an upgrade; where its names come from is not to be forgotten by that.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import tomli

from ops0_builder.lock.origins import origin
from ops0_builder.lock.pylock_reading import ORIGIN

_NAME = re.compile(r'^name = "([^"]+)"', re.MULTILINE)
_INDEX = re.compile(r'\bindex = "([^"]*)"')
_FILES = (re.compile(r"^sdist = .*", re.MULTILINE), re.compile(r"^wheels = .*", re.MULTILINE))
_FILE = re.compile(r'name = "([^"]+)".*?sha256 = "([0-9a-f]{64})"')


@dataclass(frozen=True, kw_only=True, slots=True)
class Noted:
    """One distribution of one file of a lock.

    index: what it is from, "" for the usual index;  apart: how far the lock is: 0 is the pipeline's own for this
    platform, 1 another pipeline's, 2 another platform's
    """

    name: str
    filename: str
    sha256: str
    index: str
    step: str
    apart: int


def noted_in(folder: Path, top: Path, own: Collection[str]) -> tuple[Noted, ...]:
    """All that the files of a folder of locks say, whoever's they are.

    folder: that of one platform;  top: that of all;  own: the names of the pipeline's files in the former
    """
    found: list[Noted] = []
    for path in sorted((*top.glob("pylock.*.toml"), *top.glob("linux-*/pylock.*.toml"))):
        here = path.parent == folder
        with suppress(OSError):  # whoever needs the file says that it cannot be read
            found.extend(_read(path.read_bytes(), 0 if here and path.name in own else 2 - here))
    return tuple(found)


def _read(data: bytes, apart: int) -> list[Noted]:
    text = data.decode("utf-8-sig", errors="replace")
    try:
        return list(_whole(tomli.loads(text), apart))
    except (ValueError, RecursionError, KeyError, TypeError, AttributeError, IndexError):
        return list(_in_pieces(text, apart))


def _whole(document: dict[str, Any], apart: int) -> Iterator[Noted]:
    step = document["tool"]["ops0"]["step"]
    for one in document["packages"]:
        own = one.get("tool", {}).get("ops0", {})
        if "source" not in own:
            file = one.get("sdist") or one["wheels"][0]
            yield Noted(
                name=one["name"],
                filename=file["name"],
                sha256=file["hashes"]["sha256"],
                index=_plain(own.get("index", "")),
                step=step,
                apart=apart,
            )


def _in_pieces(text: str, apart: int) -> Iterator[Noted]:
    """What the lines of a damaged file say: of one that a merge stopped in, those of both sides."""
    for part in text.split("[[packages]]")[1:]:
        package = part.partition("\n[tool.ops0]")[0]
        listed = next((found for one in _FILES if (found := one.findall(package))), [])
        files = [match for line in listed for match in _FILE.findall(line)] or [("", "")]
        for name in _NAME.findall(package):
            for index in _INDEX.findall(package) or [""]:
                for filename, sha256 in files:
                    yield Noted(
                        name=name,
                        filename=filename,
                        sha256=sha256,
                        index=_plain(index),
                        step="",
                        apart=apart,
                    )


def _plain(said: str) -> str:
    """An index as somebody wrote it into a lock, in its own form; printable, whatever it is."""
    if ORIGIN.match(said) or not said:
        return said
    return origin(said) or re.sub(r"[^\x21-\x7e]", "?", said)[:100]
