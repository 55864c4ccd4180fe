"""What a project says of versions and files, held against targets and locks. It binds what is needed, asks for nothing.

Pure. ``packaging`` is imported where a text is more than a name with one exact version: it costs a start 25 ms.
"""
# ruff: noqa: PLC0415

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from ops0.core.errors import LockError
from ops0.core.locked import LockedDistribution, LockedFile, StepLock, Target
from ops0.core.requirements.declarations import Constraint, EveryHash
from ops0.core.requirements.declared import applies, requirement_text
from ops0.core.requirements.names import is_bare, name_of
from ops0.core.requirements.places import has_address, settle, shown
from ops0.core.requirements.together import one_address
from ops0_builder.lock.inputs import StepChange

__all__ = [
    "Constraint",
    "EveryHash",
    "Held",
    "OtherFile",
    "Said",
    "Unhashed",
    "addresses_on",
    "check_hashes",
    "held_on",
    "unfit",
]

Said = Constraint | EveryHash
"""What a project's own files may say of versions and files."""

_EXACT = re.compile(r"[A-Za-z0-9._-]+ *== *(?P<version>[A-Za-z0-9.!]+)")


class OtherFile(LockError):
    """The index has a file that is none of those whose hashes the project names. Nothing is stored."""

    exit_code = 27

    def __init__(self, filename: str, sha256: str, place: str) -> None:
        super().__init__(
            f"{place}: the index has {filename} with sha256 {sha256}, which is none of the hashes here",
            "find out who changed the file on the index; if it is right, or is for a platform that the project's own "
            "file was not locked for, lock that anew, or add the hash: --hash=sha256:…",
        )
        self.filename, self.sha256, self.place = filename, sha256, place


class Unhashed(LockError):
    """The project wants a hash of its own for each file, and names none for some. Nothing is stored."""

    exit_code = 27

    def __init__(self, missing: tuple[str, ...], place: str) -> None:
        super().__init__(
            f"{place}: `--require-hashes` is set, and the project's files name no sha256 for {', '.join(missing)}",
            "write them: `pip-compile --generate-hashes`, `uv export`; or leave the line out: "
            "ops0.lock has the hash of each file anyway",
        )
        self.missing, self.place = missing, place


@dataclass(frozen=True, kw_only=True, slots=True)
class Held:
    """One constraint as uv takes it on one target: without extras and marker, ``idna==3.4``."""

    name: str
    text: str
    place: str


def held_on(constraints: Iterable[Said], target: Target) -> tuple[Held, ...]:
    """Those that bind a version on a target, sorted, each text once.

    An address binds none: its wheel has one version, see ``addresses_on``.
    """
    from packaging.requirements import Requirement

    found: dict[str, Held] = {}
    for one in constraints:
        if isinstance(one, EveryHash) or not one.binds or is_bare(one.text):
            continue
        wanted = Requirement(one.text)
        if wanted.url is None and wanted.specifier and applies(wanted, target):
            wanted.extras = set()
            text = requirement_text(wanted)
            found.setdefault(text, Held(name=name_of(text), text=text, place=str(one.where)))
    return tuple(found[text] for text in sorted(found))


def addresses_on(constraints: Iterable[Said], target: Target, root: str) -> dict[str, str]:
    """Name -> address of what the project takes from no index on a target, also where only others need it."""
    from packaging.requirements import Requirement

    found: dict[str, list[str]] = {}
    for one in constraints:
        if not isinstance(one, EveryHash) and has_address(one.text):
            wanted = Requirement(one.text)
            settle(wanted, root)
            if wanted.url is not None and applies(wanted, target):
                found.setdefault(name_of(one.text), []).append(wanted.url)
    return {name: one_address(said) or said[0] for name, said in found.items()}


def unfit(locks: Sequence[StepLock], constraints: Iterable[Said]) -> tuple[StepChange, ...]:
    """Where stored locks have what the constraints forbid: one entry a step, which says all of it."""
    rules = _Rules.of(constraints)
    found = []
    for step in locks:
        notes = [note for entry in step.distributions for note in _notes(entry, step, rules)]
        if notes:
            found.append(StepChange(step=step.step, note=f"({'; '.join(notes)})"))
    return tuple(found)


def check_hashes(locks: Sequence[StepLock], constraints: Iterable[Said]) -> None:
    """Hold each locked file to the hashes that the project names.

    raises: OtherFile for the first that is none of them, Unhashed for all that have none where each must have one
    """
    rules = _Rules.of(constraints)
    unhashed = set()
    for step in locks:
        for entry in step.distributions:
            for one in rules.of_name.get(entry.name, ()):
                if _names_others(one, entry, step.target):
                    raise OtherFile(_file(entry).filename, _file(entry).sha256, str(one.where))
            if rules.every is not None and not _is_hashed(entry, rules):
                unhashed.add(f"{entry.name}=={entry.version}")
    if rules.every is not None and unhashed:
        raise Unhashed(tuple(sorted(unhashed)), str(rules.every.where))


@dataclass(frozen=True, slots=True)
class _Rules:
    """Constraints by the name that they are about, and what holds for all names."""

    of_name: Mapping[str, Sequence[Constraint]]
    every: EveryHash | None

    @classmethod
    def of(cls, constraints: Iterable[Said]) -> _Rules:
        found: dict[str, list[Constraint]] = {}
        every = None
        for one in constraints:
            if isinstance(one, EveryHash):
                every = every or one
            elif one.hashes or not is_bare(one.text):
                found.setdefault(name_of(one.text), []).append(one)
        return cls(found, every)


def _notes(entry: LockedDistribution, step: StepLock, rules: _Rules) -> Iterator[str]:
    for one in rules.of_name.get(entry.name, ()):
        if entry.source is None and _is_elsewhere(one, step.target):
            yield f"{entry.name} {entry.version} is locked from an index, {one.where} says {shown(one.text)}"
        elif _is_at_another(one, entry, step.target):
            yield f"{entry.name} is locked from another address, {one.where} says {shown(one.text)}"
        elif one.binds and not _allows(one, entry.version, step.target):
            yield f"{entry.name} {entry.version} is locked, {one.where} says {one.text}"
        elif _names_others(one, entry, step.target):
            yield f"another file of {entry.name} is locked than {one.where} names"
    if rules.every is not None and not _is_hashed(entry, rules):
        yield f"no hash is named for {entry.name} {entry.version}, {rules.every.where} wants one"


def _allows(one: Constraint, version: str, target: Target) -> bool:
    exact = _EXACT.fullmatch(one.text)
    if exact and exact["version"] == version:
        return True
    from packaging.requirements import Requirement

    wanted = Requirement(one.text)
    return (
        wanted.url is not None
        or wanted.specifier.contains(version, prereleases=True)
        or not applies(wanted, target)
    )


def _is_elsewhere(one: Constraint, target: Target) -> bool:
    if not has_address(one.text):
        return False
    from packaging.requirements import Requirement

    return applies(Requirement(one.text), target)


def _is_at_another(one: Constraint, entry: LockedDistribution, target: Target) -> bool:
    """Whether the project names another file at an address than is locked, also where only others need it."""
    if entry.source is None or entry.source.kind != "url" or not _is_elsewhere(one, target):
        return False
    from packaging.requirements import Requirement

    address = shown(str(Requirement(one.text).url))
    return address.partition("#")[0] != entry.source.place


def _names_others(one: Constraint, entry: LockedDistribution, target: Target) -> bool:
    if not one.hashes or _file(entry).sha256 in one.hashes:
        return False
    if not one.binds:
        return _allows(one, entry.version, target)
    from packaging.requirements import Requirement

    return applies(Requirement(one.text), target)


def _is_hashed(entry: LockedDistribution, rules: _Rules) -> bool:
    return any(_file(entry).sha256 in one.hashes for one in rules.of_name.get(entry.name, ()))


def _file(entry: LockedDistribution) -> LockedFile:
    """What came from the index or an address: a wheel that was built here is nowhere named."""
    source = entry.source
    if source is not None and source.kind in ("file", "url"):
        return LockedFile(filename=source.place, sha256=source.digest, size=0)
    return entry.sdist or entry.wheel
