"""One joint resolution as a value: pins, and who needs whom; and what one step's roots reach in it. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from urllib.parse import unquote

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from ops0.core.requirements import places
from ops0.core.requirements.file_addresses import read_file_address
from ops0.core.requirements.pep508 import NotRequirement, read_requirement
from ops0.core.requirements.repositories import read_repository
from ops0.core.unplaced import Unplaced
from ops0_builder.lock.errors import RequirementUnfit
from ops0_builder.lock.named_indexes import PROJECT

_PIN = re.compile(r"([A-Za-z0-9._-]+)(\[[^\]]*\])?==([^\s;\\]+)")
_PLACED = re.compile(r"([A-Za-z0-9._-]+)(\[[^\]]*\])? @ file:\S*/[^-/\s]+-([^-/\s]+)-[^/\s]*\.whl")
"""A pin by the address of a wheel, whose name says the version."""
_FROM = re.compile(r"\s*# from (\S+)\s*\Z")


@dataclass(frozen=True, kw_only=True, slots=True)
class Resolution:
    """What the requirements of a group came to.

    pins:     name -> version
    children: name -> names that it needs here
    extras:   names that some requirement asks with extras: what they need depends on who asks
    indexes:  name -> the address that it comes from, which may hold a login
    whole:    whether ``children`` can be trusted; if not, steps are resolved one by one
    """

    pins: Mapping[str, str]
    children: Mapping[str, frozenset[str]]
    extras: frozenset[str]
    whole: bool
    indexes: Mapping[str, str] = field(default_factory=dict, repr=False)

    def closure(self, requirements: Sequence[Requirement]) -> frozenset[str] | None:
        """What these requirements reach, or None where the graph alone cannot tell."""
        if not self.whole or any(entry.marker is not None for entry in requirements):
            return None
        open_names: list[str] = [canonicalize_name(entry.name) for entry in requirements]
        if any(name not in self.pins for name in open_names):
            return None
        reached: set[str] = set()
        while open_names:
            name = open_names.pop()
            if name in self.extras:
                return None
            if name not in reached:
                reached.add(name)
                open_names.extend(self.children.get(name, ()))
        return frozenset(reached)


def read_resolution(text: str, roots: Iterable[str]) -> Resolution:
    """Read what ``uv pip compile --annotation-style split --no-strip-extras --emit-index-annotation`` prints.

    roots: the names that were asked for; everything else must say why it is there
    """
    pins: dict[str, str] = {}
    extras: set[str] = set()
    parents: dict[str, list[str]] = {}
    indexes: dict[str, str] = {}
    current = ""
    for line in text.splitlines():
        pin = _PIN.match(line) or _PLACED.match(line)
        if pin is not None:
            current = canonicalize_name(pin[1])
            pins[current] = unquote(pin[3])
            parents[current] = []
            if pin[2]:
                extras.add(current)
        elif current and (found := _FROM.match(line)):
            indexes[current] = found[1]
        elif current and line.lstrip().startswith("#"):
            parents[current].extend(_via(line))
    return replace(_resolution(pins, extras, parents, frozenset(roots)), indexes=indexes)


def parse_requirement(text: str, place: str) -> Requirement:
    """A requirement as a value. ``place`` names it in errors.

    raises: RequirementUnfit, also for one that names a file or a repository by a way that is not asked
    """
    try:
        requirement = read_requirement(text)
    except NotRequirement as fault:
        raise RequirementUnfit(text[:200], place, f"is not a requirement: {fault.fact}") from None
    if requirement.url is not None:
        check_address(requirement.name, requirement.url, place)
    return requirement


def check_address(name: str, url: str, place: str) -> None:
    """Raises RequirementUnfit for an address that nothing is built from."""
    try:
        if places.is_git(url):
            read_repository(places.shown(url))
        elif places.local_path(url) is None:
            read_file_address(places.shown(url))
    except Unplaced as fault:
        raise RequirementUnfit(name, place, fault.fact, fault.hint) from None


def _via(line: str) -> list[str]:
    said = line.lstrip().lstrip("#").strip()
    said = said.removeprefix("via").strip()
    if not said or said.startswith(("-r ", "-c ", f"{PROJECT} (")):
        return []
    return [said]


def _resolution(
    pins: dict[str, str], extras: set[str], parents: dict[str, list[str]], roots: frozenset[str]
) -> Resolution:
    children: dict[str, set[str]] = {}
    whole = True
    for name, whose in parents.items():
        known = [canonicalize_name(parent.split("[")[0]) for parent in whose]
        whole = whole and (bool(known) or name in roots) and all(entry in pins for entry in known)
        for parent in known:
            children.setdefault(parent, set()).add(name)
    return Resolution(
        pins=pins,
        children={name: frozenset(names) for name, names in children.items()},
        extras=frozenset(extras),
        whole=whole,
    )
