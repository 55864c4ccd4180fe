"""Which distributions of an image known advisories are about. Pure.

In doubt a distribution counts as affected: where a range or a version cannot be read, and where no severity is stated.
source: https://ossf.github.io/osv-schema/#evaluation
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from packaging.version import InvalidVersion, Version

from ops0_builder.about.advisories import Advisory, Affected
from ops0_builder.about.contents import Distribution
from ops0_builder.about.severity import BOUNDS


@dataclass(frozen=True, kw_only=True, slots=True)
class Finding:
    """One vulnerability of one distribution, as one or more advisories tell it.

    id:       of the advisory that rates it worst;  aliases: all other names that they have for it
    severity: the worst that is stated, "" where none is;  fixed: the versions that mend it, as they write them
    """

    name: str
    version: str
    id: str
    aliases: tuple[str, ...]
    severity: str
    fixed: tuple[str, ...]
    summary: str


def find(
    advisories: Iterable[Advisory], distributions: Iterable[Distribution]
) -> tuple[Finding, ...]:
    """Sorted by distribution and advisory. The advisories are read once, none is kept.

    Databases tell of one vulnerability under names of their own, and often one of them alone rates it: advisories about
    one distribution that share a name are one finding.
    """
    held = {one.name: one for one in distributions}
    found = {
        _finding(held[affected.name], advisory, affected)
        for advisory in advisories
        for affected in advisory.affected
        if affected.name in held and _is_affected(held[affected.name].version, affected)
    }
    groups: list[frozenset[Finding]] = []
    for one in found:
        same = [group for group in groups if any(_is_same(one, other) for other in group)]
        groups = [group for group in groups if group not in same]
        groups.append(frozenset({one}).union(*same))
    return tuple(sorted(map(_joined, groups), key=lambda one: (one.name, one.id)))


def _is_affected(version: str, affected: Affected) -> bool:
    """Whether that version is listed or in one of the ranges."""
    here = _version(version)
    if here is None:
        return True
    if any(one == version or _version(one) == here for one in affected.versions):
        return True
    return any(_in_range(here, events) for events in affected.ranges)


def at_least(findings: Iterable[Finding], level: str) -> tuple[Finding, ...]:
    """Those of that severity or a worse one, and those that state none."""
    bound = BOUNDS.index(level)
    return tuple(one for one in findings if not one.severity or _rank(one) >= bound)


def _in_range(here: Version, events: tuple[tuple[str, str], ...]) -> bool:
    told: list[tuple[Version, str]] = []
    for kind, text in events:
        if kind == "limit":
            continue
        version = Version("0.dev0") if text == "0" else _version(text)
        if version is None:
            return True
        told.append((version, kind))
    inside = False
    # Of one version what begins comes before what ends: a range that ends where it begins is empty or that one version.
    for version, kind in sorted(told, key=lambda one: (one[0], one[1] != "introduced")):
        if kind == "introduced" and here >= version:
            inside = True
        elif (kind == "fixed" and here >= version) or (kind == "last_affected" and here > version):
            inside = False
    return inside


def _finding(one: Distribution, advisory: Advisory, affected: Affected) -> Finding:
    fixed = {text for events in affected.ranges for kind, text in events if kind == "fixed"}
    return Finding(
        name=one.name,
        version=one.version,
        id=advisory.id,
        aliases=advisory.aliases,
        severity=advisory.severity,
        fixed=tuple(sorted(fixed)),
        summary=advisory.summary,
    )


def _is_same(one: Finding, other: Finding) -> bool:
    return one.name == other.name and not _names(one).isdisjoint(_names(other))


def _names(one: Finding) -> frozenset[str]:
    return frozenset({one.id, *one.aliases})


def _joined(group: frozenset[Finding]) -> Finding:
    """One finding of all that are about one vulnerability."""
    worst, *others = sorted(group, key=lambda one: (-_rank(one), one.id, one.fixed))
    every = (worst, *others)
    return replace(
        worst,
        aliases=tuple(sorted({name for one in every for name in _names(one)} - {worst.id})),
        fixed=tuple(sorted({text for one in every for text in one.fixed})),
        summary=next((one.summary for one in every if one.summary), ""),
    )


def _rank(one: Finding) -> int:
    return BOUNDS.index(one.severity) if one.severity else 0


def _version(text: str) -> Version | None:
    try:
        return Version(text)
    except InvalidVersion:
        return None
