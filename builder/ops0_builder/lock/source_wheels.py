"""What a lock says that a wheel came of -> that wheel: built again, or brought again, in the wheelhouse."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from packaging.utils import parse_wheel_filename

from ops0.core.locked import LockedDistribution, LockedFile, LockedSource, Target
from ops0.core.requirements.file_addresses import FileAddress
from ops0_builder.lock.addressed import check_wheel_name, stored
from ops0_builder.lock.checkouts import checked_out
from ops0_builder.lock.files import Tools
from ops0_builder.lock.git_errors import TreeRefused
from ops0_builder.lock.inputs import target_text
from ops0_builder.lock.lfs import pointed_at, pull_by_hand
from ops0_builder.lock.place_errors import SourceBuildFailed, SourceGone, WheelUnfit
from ops0_builder.lock.source_build import build_wheel, fits
from ops0_builder.lock.submodules import ASK_AUTHOR
from ops0_builder.lock.taking import take_expected
from ops0_builder.lock.trees import copy_tree, read_tree
from ops0_builder.lock.wheel_choice import wheel_rank


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
    if _is_wheel(source):
        check_wheel_name(name, source.place, filename_of(source))
        return _checked(_taken(name, source, root, target, tools), name, source, target)
    told = f"{source.place} at {source.digest[:12]}" if source.kind == "git" else source.place
    with _standing(name, source, root, target, tools) as place:
        look(source, place)
        tools.progress(f"lock: building {name} from {told} runs its build on this machine")
        built = build_wheel(place, name, target, tools.uv, tools.wheelhouse, pins, any_tag=True)
    if large := pointed_at(name, source.place, built.wheel, tools.wheelhouse):
        if source.kind != "git":
            fact = f"its wheel would hold pointers of Git LFS in place of {', '.join([*large][:5])}"
            raise TreeRefused(name, source.place, fact, pull_by_hand(source))
        with _standing(name, source, root, target, tools, frozenset(large.values())) as place:
            pins = built.pins
            built = build_wheel(place, name, target, tools.uv, tools.wheelhouse, pins, any_tag=True)
        if pointed_at(name, source.place, built.wheel, tools.wheelhouse):
            raise TreeRefused(name, source.place, "its build makes pointers of Git LFS", ASK_AUTHOR)
    return replace(_checked(built.wheel, name, source, target), build=built.pins)


def _checked(
    wheel: LockedFile, name: str, source: LockedSource, target: Target
) -> LockedDistribution:
    if not suits(wheel.filename, source, target):
        raise WheelUnfit(name, source.place, wheel.filename, target_text(target))
    found, version, _, _ = parse_wheel_filename(wheel.filename)
    if found != name:
        fact = f"it is {found}, and {name} is asked for there"
        raise SourceBuildFailed(source.place, fact)
    return LockedDistribution(name=name, version=str(version), wheel=wheel, source=source)


def _is_wheel(source: LockedSource) -> bool:
    """Whether it is a wheel already, which is taken as it is."""
    return source.kind in ("file", "url") and filename_of(source).endswith(".whl")


def filename_of(source: LockedSource) -> str:
    """How a file is called, at its path or address."""
    if source.kind == "url":
        return FileAddress(url=source.place).filename
    return source.place.rpartition("/")[2]


def suits(filename: str, source: LockedSource, target: Target) -> bool:
    """Whether a wheel runs on the target. Of one that was built here this machine has a say, too."""
    if _is_wheel(source):
        return wheel_rank(filename, target) is not None
    return fits(filename, target)


def _taken(name: str, source: LockedSource, root: Path, target: Target, tools: Tools) -> LockedFile:
    if source.kind == "url":
        path = stored(name, source, target, tools)
        return LockedFile(filename=path.name, sha256=source.digest, size=path.stat().st_size)
    with tools.wheelhouse.workplace() as folder:
        copied = shutil.copyfile(root / source.place, folder / Path(source.place).name)
        return take_expected(copied, source.digest, tools.wheelhouse)


@contextmanager
def _standing(
    name: str,
    source: LockedSource,
    root: Path,
    target: Target,
    tools: Tools,
    large: frozenset[str] = frozenset(),
) -> Iterator[Path]:
    """A copy of a folder's files, the tree of a commit, or the archive itself.

    raises: SourceGone, git_errors', as ``addressed.fetched``
    """
    place = root / source.place
    if source.kind == "file":
        yield place
        return
    if source.kind == "url":
        yield stored(name, source, target, tools)
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
