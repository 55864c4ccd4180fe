"""Folders and files of this machine that a requirement names -> locked wheels, built here, kept by content.

Building one runs its build backend as the user, as ``pip install FOLDER`` does. It gets a copy of the files that count
(``trees.py``), so its wheel is the same on another machine that has the same files. What a folder needs in turn and
says to be another folder (``[tool.uv.sources]`` and the like) is built too, and never asked of an index.
"""

from __future__ import annotations

import shutil
from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name, parse_wheel_filename

from ops0.core.locked import LockedDistribution, LockedFile, LockedSource, Target
from ops0.core.requirements.names import name_of
from ops0.core.requirements.places import file_url, local_path
from ops0.host.local_places import LocalPlaces
from ops0_builder.lock.files import Known, Tools
from ops0_builder.lock.inputs import target_text
from ops0_builder.lock.place_errors import SourceBuildFailed, SourceGone, WheelUnfit
from ops0_builder.lock.source_build import build_wheel, fits
from ops0_builder.lock.taking import take_expected
from ops0_builder.lock.trees import copy_tree, read_tree
from ops0_builder.lock.wheel_check import wheel_requires
from ops0_builder.lock.wheelhouse import file_sha256

Placed = Mapping[str, LockedDistribution]
"""Name -> what comes of the folder, file or repository that is named for it."""


@dataclass(kw_only=True)
class Placing:
    """The places of one lock in the making. Each is built once, for all steps that its wheel fits.

    root:  the project's, which paths are told from;  known: what an earlier lock says
    files: the files of each folder, by its path
    """

    root: Path
    tools: Tools
    known: Known
    made: dict[LockedSource, LockedDistribution] = field(default_factory=dict)
    files: dict[str, Mapping[str, str]] = field(default_factory=dict)

    def placed(self, requirements: Iterable[Requirement], target: Target) -> Placed:
        """All that requirements with an address come to, and what those need in turn from a folder beside them.

        raises: SourceGone, SourceBuildFailed, WheelUnfit, BrokenWheel, IndexUnreachable, ResolverFailed
        """
        todo: deque[tuple[str, str]] = deque(
            (canonicalize_name(one.name), one.url) for one in requirements if one.url
        )
        found: dict[str, LockedDistribution] = {}
        while todo:
            name, url = todo.popleft()
            if name not in found:
                found[name] = self._one(name, url, target)
                todo.extend(self._beside(found[name]))
        return found

    def _beside(self, one: LockedDistribution) -> Iterator[tuple[str, str]]:
        """What a folder's distribution needs and says to stand in another folder."""
        if one.source is None or one.source.kind != "folder":
            return
        said = LocalPlaces(self.root).sources(one.source.place)
        named = {sourced.name: file_url(sourced.path) for sourced in reversed(said)}
        for text in wheel_requires(self.tools.wheelhouse.path(one.wheel)) if named else ():
            name = name_of(text)
            if name in named:
                yield name, named[name]

    def _one(self, name: str, url: str, target: Target) -> LockedDistribution:
        seen = seen_at(name, str(local_path(url)), self.root)
        source = seen.source
        self.files[source.place] = seen.files
        made = self.made.get(source) or self._from_earlier(name, source, target)
        if made is None or not fits(made.wheel.filename, target):
            made = come_of(name, source, self.root, target, self.tools)
        self.made[source] = made
        return made

    def _from_earlier(
        self, name: str, source: LockedSource, target: Target
    ) -> LockedDistribution | None:
        """What the lock said before of the same files, if its wheel is here."""
        for (of, known_name, _), entry in self.known.items():
            if (of, known_name, entry.source) == (target, name, source):
                return entry if self.tools.wheelhouse.held([entry.wheel]) else None
        return None


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
    """Raises SourceGone where a folder or file is not there, or is not what is locked."""
    if seen_at(name, source.place, root).source != source:
        raise SourceGone(name, source.place, "is another than the lock says")


def come_of(
    name: str,
    source: LockedSource,
    root: Path,
    target: Target,
    tools: Tools,
    pins: tuple[str, ...] | None = None,
) -> LockedDistribution:
    """The wheel of a source, in the wheelhouse.

    pins:   what to build with; None: the newest that its build asks for
    raises: as Placing.placed
    """
    if source.place.endswith(".whl"):
        return _checked(_taken(source, root, tools), name, source, target)
    tools.progress(f"lock: building {name} from {source.place} runs its build on this machine")
    with _standing(name, source, root, tools) as place:
        built = build_wheel(place, name, target, tools.uv, tools.wheelhouse, pins, any_tag=True)
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
def _standing(name: str, source: LockedSource, root: Path, tools: Tools) -> Iterator[Path]:
    """A copy of a folder's files, or the archive itself. Raises SourceGone."""
    place = root / source.place
    if source.kind == "file":
        yield place
        return
    try:
        tree = read_tree(place)
        with tools.wheelhouse.workplace() as folder:
            copy_tree(place, tree, folder / "source")
            yield folder / "source"
    except OSError as fault:
        raise SourceGone(name, source.place, (fault.strerror or str(fault)).lower()) from None
