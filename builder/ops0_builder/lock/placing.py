"""Folders, files and repositories that a requirement names -> locked wheels, built here, kept by content.

Building one runs its build backend as the user, as ``pip install FOLDER`` does. It gets a copy of the files that count
(``trees.py``), or the tree of a commit (``checkouts.py``), so its wheel is the same on another machine. What it needs
in turn and says to stand elsewhere (``[tool.uv.sources]`` and the like) is built too, and never asked of an index.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

from packaging.utils import canonicalize_name, parse_wheel_filename

from ops0.core.locked import LockedDistribution, LockedFile, LockedSource, Target
from ops0.core.requirements.pep508 import is_requirement, read_requirement
from ops0.core.requirements.places import file_url, is_git, local_path, settle
from ops0.core.requirements.repositories import Repository, read_repository
from ops0.host.local_places import LocalPlaces
from ops0_builder.lock.checkouts import checked_out, tree_of
from ops0_builder.lock.files import Known, Tools
from ops0_builder.lock.git_errors import TreeRefused
from ops0_builder.lock.inputs import target_text
from ops0_builder.lock.lfs import pointed_at, pull_by_hand
from ops0_builder.lock.place_errors import SourceBuildFailed, SourceGone, WheelUnfit
from ops0_builder.lock.resolution import check_address
from ops0_builder.lock.source_build import build_wheel, fits
from ops0_builder.lock.submodules import ASK_AUTHOR
from ops0_builder.lock.taking import take_expected
from ops0_builder.lock.trees import copy_tree, read_tree
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

        raises: RequirementUnfit, SourceGone, SourceBuildFailed, WheelUnfit, BrokenWheel, IndexUnreachable,
                ResolverFailed, what git_errors.py has
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
        if source is None or source.kind == "file":
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
        else:
            seen = seen_at(name, str(local_path(url)), self.root)
            source = seen.source
            self.files[source.place] = seen.files
        earlier = self._earlier(name, source, target)
        made = self.made.get(source) or self._held(earlier)
        if made is None or not fits(made.wheel.filename, target):
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
        if found.digest:
            return found
        locked = [entry.source for (_, one, _), entry in self.known.items() if one == name]
        for one in (*locked, self.beside.get(name)):
            if one is not None and replace(one, digest="") == found:
                return one
        asked = (place.url, place.ref)
        if asked not in self.commits:
            self.commits[asked] = self.tools.repositories.commit_of(name, place)
        return replace(found, digest=self.commits[asked])

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
    """What a repository of elsewhere says may lead to others and to its own folders, never to those of this machine."""
    source = one.source
    if source is None or source.kind != "git" or source.place.startswith("file:"):
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
    """Raises SourceGone where a folder or file is not there, or is not what is locked. A commit says what it is."""
    if source.kind != "git" and seen_at(name, source.place, root).source != source:
        raise SourceGone(name, source.place, "is another than the lock says")


def come_of(
    name: str,
    source: LockedSource,
    root: Path,
    target: Target,
    tools: Tools,
    pins: tuple[str, ...] | None,
    look: Callable[[LockedSource, Path], None] = lambda _source, _folder: None,
) -> LockedDistribution:
    """The wheel of a source, in the wheelhouse.

    pins:   what to build with; None: the newest that its build asks for
    look:   is shown what it is built from, before the build may change it
    raises: as Placing.placed
    """
    if source.kind == "file" and source.place.endswith(".whl"):
        return _checked(_taken(source, root, tools), name, source, target)
    told = f"{source.place} at {source.digest[:12]}" if source.kind == "git" else source.place
    with _standing(name, source, root, tools) as place:
        look(source, place)
        tools.progress(f"lock: building {name} from {told} runs its build on this machine")
        built = build_wheel(place, name, target, tools.uv, tools.wheelhouse, pins, any_tag=True)
    if large := pointed_at(name, source.place, built.wheel, tools.wheelhouse):
        if source.kind != "git":
            fact = f"its wheel would hold pointers of Git LFS in place of {', '.join([*large][:5])}"
            raise TreeRefused(name, source.place, fact, pull_by_hand(source))
        with _standing(name, source, root, tools, frozenset(large.values())) as place:
            pins = built.pins
            built = build_wheel(place, name, target, tools.uv, tools.wheelhouse, pins, any_tag=True)
        if pointed_at(name, source.place, built.wheel, tools.wheelhouse):
            raise TreeRefused(name, source.place, "its build makes pointers of Git LFS", ASK_AUTHOR)
    return replace(_checked(built.wheel, name, source, target), build=built.pins)


def _checked(
    wheel: LockedFile, name: str, source: LockedSource, target: Target
) -> LockedDistribution:
    if not fits(wheel.filename, target):
        raise WheelUnfit(name, source.place, wheel.filename, target_text(target))
    found, version, _, _ = parse_wheel_filename(wheel.filename)
    if found != name:
        fact = f"it is {found}, and {name} is asked for there"
        raise SourceBuildFailed(source.place, fact)
    return LockedDistribution(name=name, version=str(version), wheel=wheel, source=source)


def _taken(source: LockedSource, root: Path, tools: Tools) -> LockedFile:
    with tools.wheelhouse.workplace() as folder:
        copied = shutil.copyfile(root / source.place, folder / Path(source.place).name)
        return take_expected(copied, source.digest, tools.wheelhouse)


@contextmanager
def _standing(
    name: str,
    source: LockedSource,
    root: Path,
    tools: Tools,
    large: frozenset[str] = frozenset(),
) -> Iterator[Path]:
    """A copy of a folder's files, the tree of a commit, or the archive itself. Raises SourceGone, git_errors'."""
    place = root / source.place
    if source.kind == "file":
        yield place
        return
    if source.kind == "git":
        with checked_out(name, source, tools.repositories, large) as folder:
            yield folder
        return
    with tools.wheelhouse.workplace() as work:
        try:
            copy_tree(place, read_tree(place), work / "source")
        except OSError as fault:
            raise SourceGone(name, source.place, (fault.strerror or str(fault)).lower()) from None
        yield work / "source"
