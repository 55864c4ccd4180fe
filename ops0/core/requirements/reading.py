"""Reading what a project declares, line by line and fault by fault: what the readers of all its files add to."""

from __future__ import annotations

import posixpath
import re
from codecs import BOM_UTF16_BE, BOM_UTF16_LE
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from ops0.core.errors import Ops0Error, SettingsError
from ops0.core.pipeline import Warn, Where
from ops0.core.project_files import Source
from ops0.core.requirements import places
from ops0.core.requirements.declarations import Constraint, Declaration, EveryHash
from ops0.core.requirements.local import LocalDistribution, Nowhere, Places
from ops0.core.requirements.lock_addresses import with_hash
from ops0.core.requirements.logical_lines import logical_lines
from ops0.core.requirements.nameless import local_of, named_place
from ops0.core.requirements.names import name_of
from ops0.core.requirements.pep508 import NotRequirement, read_requirement
from ops0.core.requirements.poetry import read_poetry
from ops0.core.requirements.setup_files import read_dynamic
from ops0.core.requirements.sources import Sourced
from ops0.core.toml_text import BadSetting, Place, parse_toml

if TYPE_CHECKING:
    from packaging.requirements import Requirement

_LINE_OPTION = re.compile(r"\s+--?(hash|config-settings|global-option|C)\b.*$")
_INCLUDE = re.compile(r"(?:-r|--requirement)(?:\s+|=|(?<=-r))(?P<path>\S.*)")
_CONSTRAINTS = re.compile(r"(?:-c|--constraint)(?:\s+|=|(?<=-c))(?P<path>\S.*)")
_EDITABLE_LINE = re.compile(r"(?:-e|--editable)(?:\s+|=|(?<=-e))(?P<place>\S.*)")
_RANGE = re.compile(r"^(\s*[A-Za-z0-9._-]+\s*(?:\[[^\]]*\])?)\s*\(?[<>=!~][^;]*")
_HASH = re.compile(r"\s--hash\b")
_SHA256 = re.compile(r"\s--hash[=\s]\s*sha256:([0-9A-Fa-f]{64})(?=\s|$)")
_LOGIN = "the login in the address is not used"
_GIT_LOGIN = "git is asked with your own settings: a credential helper, ~/.netrc, or ssh"
_FILE_LOGIN = "pip is asked with your own settings: ~/.netrc, or a keyring"
_SETTINGS = "indexes and certificates come from pip's and uv's own settings"


class BadRequirementLine(SettingsError):
    """A line of a requirements file that is no requirement."""

    exit_code = 7

    def __init__(self, where: Where, line: str, fact: str) -> None:
        super().__init__(
            f"{where}: {line[:200]!r} is not a requirement: {fact}", hint="write it as pip reads it"
        )
        self.where, self.line = where, line


class MissingRequirements(SettingsError):
    """A requirements file that another one includes is not there."""

    exit_code = 8

    def __init__(self, where: Where, path: str) -> None:
        super().__init__(
            f"{where}: includes {path}, which is not in the project",
            hint="add the file or drop the line",
        )
        self.where, self.path = where, path


class RequirementsElsewhere(SettingsError):
    """A requirements file that another one includes by its address. The address may hold a credential: not repeated."""

    exit_code = 7

    def __init__(self, where: Where, option: str) -> None:
        super().__init__(
            f"{where}: `{option}` names an address, which ops0 does not fetch: what it says tomorrow is in no lock",
            hint=f"keep the file in the project, `curl -o limits.txt ADDRESS`, and name it: {option} limits.txt",
        )
        self.where, self.option = where, option


@dataclass
class Reading:
    """What has been read so far."""

    source: Source
    beside: Places = field(default_factory=Nowhere)
    declarations: list[Declaration] = field(default_factory=list)
    held: list[Constraint] = field(default_factory=list)
    every_hash: EveryHash | None = None
    pythons: list[Declaration] = field(default_factory=list)
    packages: list[Declaration] = field(default_factory=list)
    warnings: list[Warn] = field(default_factory=list)
    faults: list[Ops0Error] = field(default_factory=list)
    local: list[LocalDistribution] = field(default_factory=list)
    sources: set[str] = field(default_factory=set)
    seen: set[tuple[str, bool]] = field(default_factory=set)

    def pyproject(self, data: bytes, path: str) -> Mapping[str, Any]:
        """Its ``[project]``, what of it PEP 621 says of needs, and its ``[tool.poetry]``. Gives its tables."""
        document = parse_toml(data, path)
        table = document.get("project", {})
        place = Place(path, data.decode("utf-8", "replace"))
        if isinstance(table, dict):
            self.sourced(self.beside.sources(""), place)
            self.listed(table.get("dependencies", []), "project.dependencies", place)
            self.python(table.get("requires-python"), place)
            read_dynamic(self, document, place)
        read_poetry(self, document, place)
        return document

    def sourced(self, sources: Iterable[Sourced], place: Place) -> None:
        """What it says to come from no index: also where it is a dependency of a group, or of a member alone."""
        for one in sources:
            if one.path != ".":
                self.sources.add(one.name)
                marker = f" ; {one.marker}" if one.marker else ""
                address = one.address or places.file_url(one.path)
                self.take(f"{one.name} @ {address}{marker}", place.of(one.name))

    def listed(self, wanted: object, key: str, place: Place) -> None:
        """The requirements of a list in TOML."""
        if not isinstance(wanted, list) or not all(isinstance(one, str) for one in wanted):
            self.faults.append(BadSetting(place.of("dependencies"), key, "is not a list of texts"))
            return
        for text in wanted:
            # Of what has a place the range says nothing: its extras and marker do.
            known = _RANGE.sub(r"\1 ", text) if name_of(text) in self.sources else text
            self.take(known.strip(), place.of(text))

    def python(self, wanted: object, place: Place) -> None:
        """What ``requires-python`` says."""
        if isinstance(wanted, str):
            self.pythons.append(Declaration(wanted, place.of("requires-python")))

    def file(self, path: str, asked_by: Where, *, holds: bool = False) -> None:
        """A requirements file and those that it includes, each once. ``holds``: it only constrains."""
        if (path, holds) in self.seen:
            return
        self.seen.add((path, holds))
        data = None if path.startswith("..") else self.source.read(path)
        if data is None:
            self.faults.append(MissingRequirements(asked_by, path))
            return
        for number, line in logical_lines(_text(data)):
            self.line(line, Where(path, number), holds=holds)

    def line(self, line: str, where: Where, *, holds: bool = False) -> None:
        """A line as pip reads it: a requirement, an option, an included file."""
        constrain = _CONSTRAINTS.fullmatch(line)
        include = constrain or _INCLUDE.fullmatch(line)
        if include and "://" in include["path"]:
            self.faults.append(RequirementsElsewhere(where, "-c" if constrain else "-r"))
            return
        if include:
            name = include["path"].strip("\"'")
            path = posixpath.normpath(posixpath.join(posixpath.dirname(where.path), name))
            self.file(path, where, holds=holds or constrain is not None)
            return
        editable = _EDITABLE_LINE.fullmatch(line)
        if editable and not holds:
            self.place(editable["place"], where)
        elif line == "--require-hashes":
            self.every_hash = self.every_hash or EveryHash(where)
        elif line.startswith("-"):
            option = line.split(maxsplit=1)[0].partition("=")[0]
            text = f"`{option}` is not used: ops0 reads only which distributions are declared"
            self.warnings.append(Warn(where=where, text=text, hint=_SETTINGS))
        elif places.is_place(line) and not holds:
            self.place(_LINE_OPTION.sub("", line), where, self._hashes(line, where))
        else:
            hashes = self._hashes(line, where)
            self.take(_LINE_OPTION.sub("", line), where, hashes, holds=holds)

    def _hashes(self, line: str, where: Where) -> tuple[str, ...]:
        hashes = tuple(sorted(found.lower() for found in _SHA256.findall(line)))
        if not hashes and _HASH.search(line):
            self._hashed(where)
        return hashes

    def _hashed(self, where: Where) -> None:
        """Told once a file: a tool that writes hashes writes them to every line."""
        text = "`--hash` is not used where it has no sha256: a lock has no others"
        if not any(one.where.path == where.path and one.text == text for one in self.warnings):
            hint = "write sha256: `pip hash`, `uv export` and `pip-compile --generate-hashes` do"
            self.warnings.append(Warn(where=where, text=text, hint=hint))

    def place(self, text: str, where: Where, hashes: tuple[str, ...] = ()) -> None:
        """A folder, a file or a repository without a name of its own, which is read where it is."""
        found, warn = named_place(text, where, self.beside)
        if warn is not None:
            self.warnings.append(warn)
        if found is not None:
            self.take(found, where, hashes)

    def note_places(self, declarations: Iterable[Declaration]) -> None:
        """What is known of the folders and files among declarations of a lock."""
        from packaging.requirements import Requirement  # noqa: PLC0415 - costs a start 25 ms

        for one in declarations:
            if places.has_address(one.text):
                self._note(Requirement(one.text))

    def _note(self, requirement: Requirement) -> None:
        found = local_of(requirement, self.beside)
        if found is not None:
            self.local.append(found)

    def take(
        self, text: str, where: Where, hashes: tuple[str, ...] = (), *, holds: bool = False
    ) -> None:
        """One requirement, or, where it only holds, one constraint."""
        if places.has_login(text.partition(" @ ")[2]):
            hint = _GIT_LOGIN if places.is_git(text.partition(" @ ")[2]) else _FILE_LOGIN
            self.warnings.append(Warn(where=where, text=_LOGIN, hint=hint))
        text = with_hash(places.shown(text), hashes)
        try:
            requirement = read_requirement(text)
        except NotRequirement as fault:
            self.faults.append(BadRequirementLine(where, text, fault.fact))
            return
        if not holds:
            self._note(requirement)
            self.declarations.append(Declaration(text, where))
        if holds or hashes:
            self.held.append(Constraint(text, where, hashes))


def _text(data: bytes) -> str:
    """A file's text, as pip reads it: by its mark. PowerShell writes UTF-16 where output is sent into a file."""
    encoding = "utf-16" if data.startswith((BOM_UTF16_LE, BOM_UTF16_BE)) else "utf-8-sig"
    return data.decode(encoding, "replace")
