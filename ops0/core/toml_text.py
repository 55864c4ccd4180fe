"""TOML as people write it: parsed, and its values read as texts, paths and sizes, with the line that a fault is on."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import tomli

from ops0.core.errors import SettingsError
from ops0.core.pipeline import Where
from ops0.core.quantities import QuantityError, size_bytes

__all__ = [
    "BadSetting",
    "Place",
    "UnreadableSettings",
    "key_lines",
    "parse_toml",
    "read_matching",
    "read_path",
    "read_pipeline",
    "read_size",
    "read_text",
    "tables_of",
]


_KEY = re.compile(r"""[ \t]*(?:\[+(?:[^\]]*\.)?)?["']?([\w.-]+?)["']?[ \t]*[=\]]""")
_LONGEST = 1_000_000
"""Bytes of a file that is read."""


class UnreadableSettings(SettingsError):
    """A file of settings or requirements that is not TOML, or not YAML or JSON where it should be that."""

    exit_code = 6

    def __init__(self, path: str, fact: str, kind: str = "TOML") -> None:
        super().__init__(
            f"{path}: not a {kind} file: {fact}",
            hint=f"see https://{kind.lower()}.{'io' if kind == 'TOML' else 'org'} for the format",
        )
        self.path = path


class BadSetting(SettingsError):
    """A known key with a value that cannot be used."""

    exit_code = 5

    def __init__(self, where: Where, key: str, fact: str, hint: str | None = None) -> None:
        super().__init__(f"{where}: setting `{key}` {fact}", hint=hint)
        self.where, self.key = where, key


@dataclass(frozen=True)
class Place:
    """Finds the line of a text in a file, since TOML's values do not know theirs."""

    path: str
    text: str

    def of(self, wanted: str) -> Where:
        """The first line that holds the text outside a comment; 1 where none does."""
        for number, line in enumerate(self.text.splitlines(), start=1):
            if wanted in line and not line.lstrip().startswith("#"):
                return Where(self.path, number)
        return Where(self.path, 1)


def key_lines(text: str) -> dict[str, int]:
    r"""The first line on which each key gets a value or begins a table, by the key's last part.

    >>> key_lines("a = 1\n[tool.b]\n'c' = 2\n")
    {'a': 1, 'b': 2, 'c': 3}
    """
    lines: dict[str, int] = {}
    for number, line in enumerate(text.split("\n"), start=1):
        found = _KEY.match(line)
        if found is not None:
            lines.setdefault(found[1], number)
    return lines


def parse_toml(data: bytes, path: str, longest: int = _LONGEST) -> dict[str, Any]:
    """Read TOML. Raises UnreadableSettings with the line, also for what is no text or is nested without end.

    longest: bytes of a file that is read
    """
    if len(data) > longest:
        raise UnreadableSettings(path, f"it has more than {longest} bytes")
    try:
        return tomli.loads(data.decode("utf-8-sig"))
    except UnicodeDecodeError as fault:
        raise UnreadableSettings(path, f"byte {fault.start} is not UTF-8") from None
    except tomli.TOMLDecodeError as fault:
        raise UnreadableSettings(path, str(fault)) from None
    except RecursionError:
        raise UnreadableSettings(path, "it is nested too deeply") from None
    except ValueError as fault:  # tomli lets through what datetime and int refuse
        raise UnreadableSettings(path, str(fault)) from None


def tables_of(data: bytes | None) -> dict[str, Any] | None:
    """What a file says; None of one that is not there or is no TOML, where that is not ours to tell."""
    if data is None:
        return None
    try:
        return parse_toml(data, "")
    except UnreadableSettings:
        return None


def read_text(value: object, key: str, place: Place) -> str:
    """A text of one line. Raises BadSetting."""
    if not isinstance(value, str) or not value or "\0" in value or "\n" in value:
        raise BadSetting(
            place.of(key), key, "is not a text", f'write it on one line, in quotes: {key} = "…"'
        )
    return value


def read_matching(pattern: re.Pattern[str], example: str) -> Callable[[object, str, Place], str]:
    """A reader of texts that match a pattern."""

    def read(value: object, key: str, place: Place) -> str:
        text = read_text(value, key, place)
        if not pattern.fullmatch(text):
            raise BadSetting(
                place.of(key), key, f"cannot be {text!r}", f'write it as {key} = "{example}"'
            )
        return text

    return read


def read_path(value: object, key: str, place: Place) -> str:
    """A path inside the project, relative to its root. Raises BadSetting."""
    text = read_text(value, key, place)
    if text.startswith(("/", "~")) or ".." in text.split("/") or "\\" in text:
        raise BadSetting(
            place.of(key), key, f"leaves the project: {text!r}", "name it from the project's root"
        )
    return text


def read_pipeline(value: object, key: str, place: Place) -> str:
    """A path, ``flow.py`` or ``flow.py:name``, in the one way to write it: a run is known by it. Raises BadSetting."""
    file, colon, name = read_path(value, key, place).partition(":")
    if not file or (colon and not name):
        fact = "names no file" if not file else "names no pipeline after the colon"
        hint = f'write it as {key} = "flow.py" or {key} = "flow.py:name"'
        raise BadSetting(place.of(key), key, fact, hint)
    return f"{posixpath.normpath(file)}{colon}{name}"


def read_size(value: object, key: str, place: Place) -> int:
    """``"32MiB"``, or bytes. Raises BadSetting."""
    try:
        return size_bytes(value)  # type: ignore[arg-type]
    except QuantityError as fault:
        raise BadSetting(place.of(key), key, f"cannot be used: {fault}", fault.hint) from None
