"""Folders, files, repositories and addresses that a requirement names -> locked wheels, kept by content.

Building one runs its build backend as the user, as ``pip install FOLDER`` does. It gets a copy of the files that count
(``trees.py``), or the tree of a commit (``checkouts.py``), so its wheel is the same on another machine. What it needs
in turn and says to stand elsewhere (``[tool.uv.sources]`` and the like) is built too, and never asked of an index.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from packaging.utils import canonicalize_name

from ops0.core.locked import LockedDistribution, LockedSource, Target
from ops0.core.requirements.file_addresses import (
    FileAddress,
    is_file_address,
    read_file_address,
)
from ops0.core.requirements.pep508 import is_requirement, read_requirement
from ops0.core.requirements.places import file_url, is_git, local_path, settle, shown
from ops0.core.requirements.repositories import Repository, read_repository
from ops0.host.local_places import LocalPlaces
from ops0_builder.lock.addressed import check_file, fetched
from ops0_builder.lock.checkouts import checked_out, tree_of
from ops0_builder.lock.files import Known, Tools
from ops0_builder.lock.git_errors import TreeRefused
from ops0_builder.lock.place_errors import SourceGone
from ops0_builder.lock.resolution import check_address
from ops0_builder.lock.source_wheels import come_of, suits
from ops0_builder.lock.submodules import ASK_AUTHOR
from ops0_builder.lock.trees import read_tree
from ops0_builder.lock.wheel_check import wheel_requires
from ops0_builder.lock.wheelhouse import file_sha256

Placed = Mapping[str, LockedDistribution]
"""Name -> what comes of the folder, file or repository that is named for it."""


@dataclass(kw_only=True)
class Placing:
    """The places of one lock in the making. Each is built once, for all steps that its wheel fits.

    root:   the project's, which paths are told from;  known: what an earlier lock says
    beside: name -> repository with the commit that is locked for another platform
    files:  the files of each folder, by its path
    said:   what the tree of each commit says of where its needs stand, read while it is there to be built
    """

    root: Path
    tools: Tools
    known: Known
    beside: Mapping[str, LockedSource] = field(default_factory=dict)
    made: dict[LockedSource, LockedDistribution] = field(default_factory=dict)
    files: dict[str, Mapping[str, str]] = field(default_factory=dict)
    commits: dict[tuple[str, str], str] = field(default_factory=dict)
    said: dict[LockedSource, dict[str, str]] = field(default_factory=dict)

    def placed(self, addresses: Mapping[str, str], target: Target) -> Placed:
        """What the places come to. ``addresses``: by normal name.

        raises: RequirementUnfit, SourceGone, SourceBuildFailed, WheelUnfit, FileUnfit, BrokenWheel, HashMismatch,
                IndexUnreachable, ResolverFailed, what git_errors.py has
        """
        return {name: self._one(name, url, target) for name, url in addresses.items()}

    def needed_beside(self, one: LockedDistribution) -> dict[str, str]:
        """Name -> address of what a placed distribution needs, and says to come from no index."""
        wheel = self.tools.wheelhouse.path(one.wheel)
        texts = wheel_requires(wheel)
        # What is no requirement uv judges.
        needs = [read_requirement(text) for text in texts if is_requirement(text)]
        said = self._sources(one) if needs else {}
        found: dict[str, str] = {}
        for need in needs:
            settle(need, str(self.root))
            name = canonicalize_name(need.name)
            url = said.get(name) or need.url
            if url is not None:
                _check_reach(one, name, url)
                found.setdefault(name, url)
        return found

    def _sources(self, one: LockedDistribution) -> dict[str, str]:
        source = one.source
        if source is None or source.kind in ("file", "url"):
            return {}
        if source.kind == "folder":
            said = LocalPlaces(self.root).sources(source.place)
            return {
                sourced.name: sourced.address or file_url(sourced.path)
                for sourced in reversed(said)
            }
        if source not in self.said:
            with checked_out(one.name, source, self.tools.repositories) as folder:
                self.said[source] = _in_repository(source, folder)
        return self.said[source]

    def _one(self, name: str, url: str, target: Target) -> LockedDistribution:
        check_address(name, url, "requirements")
        if is_git(url):
            source = self._at_commit(name, read_repository(url))
        elif is_file_address(url):
            source = self._at_address(name, read_file_address(shown(url)), target)
        else:
            seen = seen_at(name, str(local_path(url)), self.root)
            source = seen.source
            self.files[source.place] = seen.files
        earlier = self._earlier(name, source, target)
        made = self.made.get(source) or self._held(earlier)
        if made is None or not suits(made.wheel.filename, source, target):
            pins = None if earlier is None else earlier.build
            made = come_of(name, source, self.root, target, self.tools, pins, self._look)
        self.made[source] = made
        return made

    def _look(self, source: LockedSource, folder: Path) -> None:
        if source.kind == "git":
            self.said[source] = _in_repository(source, folder)

    def _at_commit(self, name: str, place: Repository) -> LockedSource:
        """A repository at the commit that is locked, else at the one that its branch or tag is now."""
        found = LockedSource(
            kind="git",
            place=place.url,
            digest=place.commit or "",
            inside=place.inside,
            ref="" if place.commit else place.ref,
        )
        locked = found if found.digest else self._locked_as(name, found)
        if locked is not None:
            return locked
        asked = (place.url, place.ref)
        if asked not in self.commits:
            self.commits[asked] = self.tools.repositories.commit_of(name, place)
        return replace(found, digest=self.commits[asked])

    def _at_address(self, name: str, file: FileAddress, target: Target) -> LockedSource:
        """A file by the hash that is named, else by the one that is locked, else by that of what stands there now."""
        check_file(name, file, target, self.tools.uv)
        found = LockedSource(kind="url", place=file.url, digest=file.sha256 or "")
        locked = found if found.digest else self._locked_as(name, found)
        if locked is not None:
            return locked
        asked = (file.url, "")
        if asked not in self.commits:
            self.commits[asked] = fetched(name, file, target, self.tools).sha256
        return replace(found, digest=self.commits[asked])

    def _locked_as(self, name: str, found: LockedSource) -> LockedSource | None:
        """A source whose digest is not known, as this lock or another platform's has it."""
        known = [entry.source for (_, one, _), entry in self.known.items() if one == name]
        for one in (*known, self.beside.get(name)):
            if one is not None and replace(one, digest="") == found:
                return one
        return None

    def _earlier(
        self, name: str, source: LockedSource, target: Target
    ) -> LockedDistribution | None:
        """What the lock said before of the same files."""
        for (of, known_name, _), entry in self.known.items():
            if (of, known_name, entry.source) == (target, name, source):
                return entry
        return None

    def _held(self, earlier: LockedDistribution | None) -> LockedDistribution | None:
        """It, if its wheel is here."""
        if earlier is None or not self.tools.wheelhouse.held([earlier.wheel]):
            return None
        return earlier


def _check_reach(one: LockedDistribution, name: str, url: str) -> None:
    """What a source of elsewhere says may lead to others and to its own folders, never to those of this machine."""
    source = one.source
    if source is None or source.kind not in ("git", "url") or source.place.startswith("file:"):
        return
    if url.removeprefix("git+").startswith("file:"):
        fact = f"says that {name} stands in a folder of this machine"
        raise TreeRefused(one.name, source.place, fact, ASK_AUTHOR)


def _in_repository(source: LockedSource, folder: Path) -> dict[str, str]:
    """What a folder of a repository says of where its dependencies stand: in the same commit, or at an address.

    One that leads out of the repository is refused where it is needed, and never asked of an index.
    """
    top = tree_of(folder, source.inside)
    said = LocalPlaces(top).sources(source.inside)
    found: dict[str, str] = {}
    for one in reversed(said):
        inside = "" if one.path in ("", ".") else os.path.normpath(one.path)
        here = Repository(url=source.place, ref=source.digest, inside=inside)
        found[one.name] = one.address or here.address
    return found


@dataclass(frozen=True, kw_only=True, slots=True)
class Seen:
    """What stands at an address now. ``files``: those of a folder, see ``trees.Tree``."""

    source: LockedSource
    files: Mapping[str, str] = field(default_factory=dict)


def seen_at(name: str, path: str, root: Path) -> Seen:
    """Look at a folder or file. Raises SourceGone."""
    place = root / path
    try:
        if place.is_dir():
            tree = read_tree(place)
            return Seen(
                source=LockedSource(kind="folder", place=path, digest=tree.digest), files=tree.files
            )
        return Seen(source=LockedSource(kind="file", place=path, digest=file_sha256(place)))
    except OSError as fault:
        raise SourceGone(name, path, (fault.strerror or str(fault)).lower()) from None


def check_source(name: str, source: LockedSource, root: Path) -> None:
    """Raises SourceGone where a folder or file is not there, or is not what is locked. Others say what they are."""
    if source.kind in ("folder", "file") and seen_at(name, source.place, root).source != source:
        raise SourceGone(name, source.place, "is another than the lock says")
