"""A PEP 751 file that ops0 wrote, read back with distrust: every fault is a LockDamaged with file and field.

On the path of a build with nothing changed, so it loads nothing but a TOML parser.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Literal

import tomli

from ops0.core.digest import digest_of
from ops0.core.locked import LockedDistribution, LockedFile, LockedSource, StepLock, Target
from ops0.core.pipeline import JsonValue, StepName
from ops0_builder.lock.errors import LockDamaged
from ops0_builder.lock.inputs import FORMAT, StepInputs
from ops0_builder.lock.merge_marks import unread

_NAME = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*\Z")
_VERSION = re.compile(r"[A-Za-z0-9][A-Za-z0-9.!+_-]{0,127}\Z")
_FILENAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9.!+_-]{0,250}\Z")
_SHA256 = re.compile(r"[0-9a-f]{64}\Z")
_COMMIT = re.compile(r"[0-9a-f]{40}([0-9a-f]{24})?\Z")
_PLACE = re.compile(r"[^\x00-\x1f\x7f]{1,1000}\Z")
_KINDS: tuple[Literal["folder", "file", "git", "url"], ...] = ("folder", "file", "git", "url")
_PYTHON = re.compile(r"[0-9]\.[0-9]{1,2}\Z")
_PLATFORM = re.compile(r"linux/[a-z0-9]+(/[a-z0-9]+)?\Z")
_MAX_SIZE = 1 << 40
ORIGIN = re.compile(r"local\Z|https?://([a-z0-9._-]{1,253}|\[[0-9a-f:.]{2,45}\])(:[0-9]{1,5})?\Z")
"""What a distribution is from: scheme, host and port of an index, or a folder of this machine."""


def lock_digest(distributions: Iterable[LockedDistribution]) -> str:
    """The digest of what a step installs, in any order: every field of every file."""
    return digest_of(sorted(_fields(entry) for entry in distributions))


def _fields(entry: LockedDistribution) -> list[JsonValue]:
    files = (entry.wheel, entry.sdist) if entry.sdist is not None else (entry.wheel,)
    said: list[JsonValue] = [[file.filename, file.sha256, file.size] for file in files]
    source = entry.source
    told = [source.kind, source.place, source.digest, source.inside] if source is not None else []
    found_by = [source.ref] if source is not None and source.ref else []
    own: list[JsonValue] = [[*told, *found_by]] if told else []
    return [entry.name, entry.version, said, list(entry.build), *own]


def read_pylock(data: bytes, place: str) -> tuple[StepLock, StepInputs]:
    """Parse and check one file. ``place`` names it in errors.

    raises: LockDamaged
    """
    top = _Table(_parse(data, place), place, "")
    top.text("lock-version", re.compile(r"1\.\d+\Z"))
    own = top.table("tool").table("ops0")
    if own.integer("format", 1, 1 << 20) > FORMAT:
        own.fail("format", "was written by a newer ops0 than this one")
    target = _target(own.table("target"))
    inputs = StepInputs(
        step=StepName(own.text("step")),
        requirements=own.texts("requirements"),
        target=target,
        group=own.text("group") if "group" in own.values else None,
    )
    if inputs.digest != own.text("inputs", _SHA256):
        own.fail("inputs", "does not match the requirements and target beside it")
    distributions = tuple(
        sorted((_distribution(entry) for entry in top.tables("packages")), key=lambda it: it.name)
    )
    _no_duplicates(distributions, top)
    digest = own.text("digest", _SHA256)
    if digest != lock_digest(distributions):
        own.fail("digest", "does not match the packages: the file was changed by hand")
    lock = StepLock(step=inputs.step, target=target, distributions=distributions, digest=digest)
    return lock, inputs


def _parse(data: bytes, place: str) -> dict[str, Any]:
    try:
        return tomli.loads(data.decode("utf-8-sig"))  # with the mark that some editors put in front
    except UnicodeDecodeError as fault:
        raise LockDamaged(place, "", f"is not UTF-8 (byte {fault.start})") from None
    except (tomli.TOMLDecodeError, RecursionError, ValueError) as fault:
        raise unread(place, data, f"is not TOML: {fault}") from None


@dataclass(frozen=True, slots=True)
class _Table:
    """A TOML table that knows where it is, so that every fault says it."""

    values: dict[str, Any]
    place: str
    path: str

    def fail(self, key: str, fact: str) -> None:
        raise LockDamaged(self.place, self._at(key), fact)

    def text(self, key: str, pattern: re.Pattern[str] | None = None) -> str:
        value = self.values.get(key)
        if not isinstance(value, str):
            raise LockDamaged(self.place, self._at(key), "is not a string")
        if pattern is not None and not pattern.match(value):
            raise LockDamaged(self.place, self._at(key), f"{value[:80]!r} is not of its form")
        return value

    def texts(self, key: str) -> tuple[str, ...]:
        value = self.values.get(key)
        if not isinstance(value, list) or not all(isinstance(entry, str) for entry in value):
            raise LockDamaged(self.place, self._at(key), "is not a list of strings")
        return tuple(value)

    def integer(self, key: str, least: int, most: int) -> int:
        value = self.values.get(key)
        if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= most:
            raise LockDamaged(self.place, self._at(key), f"is not a whole number from {least}")
        return value

    def table(self, key: str) -> _Table:
        value = self.values.get(key)
        if not isinstance(value, dict):
            raise LockDamaged(self.place, self._at(key), "is not a table")
        return _Table(value, self.place, self._at(key))

    def tables(self, key: str) -> tuple[_Table, ...]:
        value = self.values.get(key)
        if not isinstance(value, list) or not all(isinstance(entry, dict) for entry in value):
            raise LockDamaged(self.place, self._at(key), "is not a list of tables")
        return tuple(
            _Table(entry, self.place, f"{self._at(key)}[{number}]")
            for number, entry in enumerate(value)
        )

    def _at(self, key: str) -> str:
        return f"{self.path}.{key}" if self.path else key


def _target(table: _Table) -> Target:
    glibc = table.values.get("glibc")
    if not (
        isinstance(glibc, list)
        and len(glibc) == 2
        and all(type(part) is int and 0 <= part < 1000 for part in glibc)
    ):
        table.fail("glibc", "is not two whole numbers")
    assert isinstance(glibc, list)  # noqa: S101 - fail() raises
    return Target(
        python=table.text("python", _PYTHON),
        platform=table.text("platform", _PLATFORM),
        glibc=(glibc[0], glibc[1]),
    )


def _distribution(table: _Table) -> LockedDistribution:
    name = table.text("name", _NAME)
    version = table.text("version", _VERSION)
    wheels = table.tables("wheels")
    if len(wheels) != 1:
        table.fail("wheels", "does not hold exactly one file")
    sdist = _file(table.table("sdist"), name, None) if "sdist" in table.values else None
    wheel = _file(wheels[0], name, sdist)
    if not wheel.filename.endswith(".whl"):
        wheels[0].fail("name", "is not a wheel")
    build: tuple[str, ...] = ()
    source: LockedSource | None = None
    if "tool" in table.values:
        own = table.table("tool").table("ops0")
        bare = not {"index", "source"} & own.values.keys()
        build = own.texts("build") if "build" in own.values or bare else ()
        if "index" in own.values:
            own.text("index", ORIGIN)
        source = _source(own.table("source")) if "source" in own.values else None
    return LockedDistribution(
        name=name, version=version, wheel=wheel, sdist=sdist, build=build, source=source
    )


def _source(table: _Table) -> LockedSource:
    kinds = [kind for kind in _KINDS if kind in table.values]
    if len(kinds) != 1:
        table.fail("", "names not exactly one of folder, file, git and url")
    (kind,) = kinds
    return LockedSource(
        kind=kind,
        place=table.text(kind, _PLACE),
        digest=table.text("digest", _COMMIT if kind == "git" else _SHA256),
        inside=table.text("inside", _PLACE) if "inside" in table.values else "",
        ref=table.text("ref", _PLACE) if "ref" in table.values else "",
    )


def _file(table: _Table, name: str, sdist: LockedFile | None) -> LockedFile:
    filename = table.text("name", _FILENAME)
    if table.text("path") != f"wheels/{filename}":
        table.fail("path", "is not `wheels/` and the file's name")
    stem = re.sub(r"[-_.]+", "-", filename).lower()
    if not stem.startswith(f"{name}-"):
        table.fail("name", f"{filename!r} is not a file of {name}")
    return LockedFile(
        filename=filename,
        sha256=table.table("hashes").text("sha256", _SHA256),
        size=table.integer("size", 0, _MAX_SIZE),
        built_from=sdist.sha256 if sdist is not None else None,
    )


def _no_duplicates(distributions: tuple[LockedDistribution, ...], top: _Table) -> None:
    for first, second in pairwise(distributions):
        if first.name == second.name:
            top.fail("packages", f"{first.name} is there twice")
