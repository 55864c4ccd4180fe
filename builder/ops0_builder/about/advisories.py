"""Advisories in the OSV format, from a folder or zip that the user gives, one file at a time. Nothing is asked online.

source: https://ossf.github.io/osv-schema/
"""

from __future__ import annotations

import json
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from packaging.utils import canonicalize_name

from ops0.core.errors import SettingsError
from ops0_builder.about.severity import LEVELS, vector_severity

MOST_BYTES = 16 * 2**20
"""Of one advisory; the largest of the database's PyPI export has less than one MiB."""
_SEVERITIES = {"MODERATE": "medium", "MEDIUM": "medium"}


class BadAdvisory(SettingsError):
    """Advisories that are not in the OSV format, or not fit to be read."""

    exit_code = 8

    def __init__(self, place: str, fact: str) -> None:
        super().__init__(
            f"{place}: {fact}",
            "give a folder or zip of OSV's JSON files, as the database exports them for PyPI in `PyPI/all.zip`; "
            "PyPA's own database is YAML, and is in that export",
        )
        self.place, self.fact = place, fact


@dataclass(frozen=True, kw_only=True, slots=True)
class Affected:
    """One distribution that an advisory is about.

    ranges: for each its events in the file's order, (``introduced`` | ``fixed`` | ``last_affected``, version)
    """

    name: str
    versions: tuple[str, ...]
    ranges: tuple[tuple[tuple[str, str], ...], ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Advisory:
    """What one file says.

    severity: ``low``, ``medium``, ``high``, ``critical``: the database's word, else by the worst vector; "" for none
    """

    id: str
    aliases: tuple[str, ...]
    summary: str
    severity: str
    affected: tuple[Affected, ...]


def read_advisories(path: Path) -> Iterator[Advisory]:
    """All that are in force and about PyPI. Raises BadAdvisory, also where there is no file at all."""
    count = 0
    for place, data in _files(path):
        count += 1
        advisory = parse_advisory(data, place)
        if advisory is not None:
            yield advisory
    if not count:
        raise BadAdvisory(str(path), "it holds no JSON file")


def parse_advisory(data: bytes, place: str) -> Advisory | None:
    """One file; None where it was withdrawn or is about other ecosystems. Pure. Raises BadAdvisory."""
    try:
        told = json.loads(data)
        if told.get("withdrawn"):
            return None
        affected = tuple(
            _affected(one)
            for one in told.get("affected") or ()
            if (one.get("package") or {}).get("ecosystem") == "PyPI"
        )
        return _advisory(told, affected) if affected else None
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as fault:
        raise BadAdvisory(place, f"it is no advisory ({type(fault).__name__})") from None


def _advisory(told: Mapping[str, Any], affected: tuple[Affected, ...]) -> Advisory:
    stated = str((told.get("database_specific") or {}).get("severity") or "").upper()
    severity = _SEVERITIES.get(stated, stated.lower())
    if severity not in LEVELS:
        vectors = [told, *(one for one in told["affected"] if isinstance(one, dict))]
        severity = vector_severity(row for one in vectors for row in one.get("severity") or ())
    return Advisory(
        id=_line(told["id"]),
        aliases=tuple(_line(one) for one in told.get("aliases") or ()),
        summary=_line(told.get("summary") or ""),
        severity=severity,
        affected=affected,
    )


def _affected(told: Mapping[str, Any]) -> Affected:
    return Affected(
        name=canonicalize_name(told["package"]["name"]),
        versions=tuple(str(one) for one in told.get("versions") or ()),
        ranges=tuple(
            tuple(
                (str(kind), str(version))
                for event in one["events"]
                for kind, version in event.items()
            )
            for one in told.get("ranges") or ()
            if one["type"] == "ECOSYSTEM"
        ),
    )


def _line(text: Any) -> str:
    """Text of strangers, fit for a terminal: one line, printable, short."""
    if not isinstance(text, str):
        raise TypeError("no text")
    return "".join(one if one.isprintable() else " " for one in text)[:200]


def _files(path: Path) -> Iterator[tuple[str, bytes]]:
    try:
        if path.is_dir():
            for one in sorted(path.rglob("*.json")):
                with one.open("rb") as stream:
                    yield str(one), _bounded(stream.read(MOST_BYTES + 1), str(one))
        else:
            yield from _members(path)
    except (OSError, EOFError, RuntimeError, zipfile.BadZipFile, zlib.error) as fault:
        raise BadAdvisory(str(path), str(fault) or type(fault).__name__) from None


def _members(path: Path) -> Iterator[tuple[str, bytes]]:
    with zipfile.ZipFile(path) as archive:
        for member in archive.infolist():
            if member.filename.endswith(".json"):
                place = f"{path}: {_line(member.filename)}"
                with archive.open(member) as stream:
                    yield place, _bounded(stream.read(MOST_BYTES + 1), place)


def _bounded(data: bytes, place: str) -> bytes:
    if len(data) > MOST_BYTES:
        raise BadAdvisory(place, f"it has more than {MOST_BYTES >> 20} MiB")
    return data
