"""Data files beside the code: which files of the project the reached code opens."""

from __future__ import annotations

import posixpath
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial

from ops0.core.analyzer.effects.kept_sets import kept_sets
from ops0.core.analyzer.hidden.named_files import paths_named
from ops0.core.analyzer.hidden.spots import Spots
from ops0.core.analyzer.project.having import having
from ops0.core.analyzer.project.module import Module
from ops0.core.analyzer.project.modules import Project
from ops0.core.analyzer.project.paths import KnownPath, known_path
from ops0.core.analyzer.project.patterns import name_pattern
from ops0.core.analyzer.project.roots import join
from ops0.core.analyzer.reach.reach import Reach
from ops0.core.analyzer.syntax.model import Extract, PathUse
from ops0.core.arguments import part_sources
from ops0.core.facts import UNKNOWN_PART
from ops0.core.pipeline import (
    NOT_IN_IMAGE,
    NOT_WRITABLE,
    Call,
    DataFile,
    FromConstant,
    FromParam,
    Reason,
    Warn,
    Where,
)

__all__ = ["data_files", "run_folder", "with_given"]

_MOST_FILES = 10_000
"""A folder with more files than this is a data set: it is not copied into images."""

_FILE_NAME = re.compile(r"[^\s:*?\"<>|][^\n:*?\"<>|]{0,200}\.[A-Za-z0-9]{1,10}")
_OF_IMAGES = ("/tmp/", "/etc/", "/usr/", "/proc/", "/sys/", "/dev/", "/var/", "/run/", "/opt/")  # noqa: S108 - a name
_ADD = "put it in the project, or let the step fetch it"
_MOVE = "move it below the project folder, or let the step fetch it"
_RELATE = "keep it in the project and write its path from the pipeline file's folder, or let the step fetch it"
_RETURN = "write it below Path(tempfile.mkdtemp()), and return its Path to keep it"
_SKIPPED = frozenset({"__pycache__", "node_modules"})


@dataclass(frozen=True, slots=True)
class _Named:
    """A file that code names. ``how``: the mode of PathUse; ``text`` for any text that looks like a file's name."""

    path: KnownPath
    where: Where
    how: str
    needed: bool = False


@dataclass(frozen=True, slots=True)
class _Found:
    """What some code of a module names.

    open:  what has to be followed through classes, calls and variables
    alike: what is written under names with a part that a run decides
    """

    named: tuple[_Named, ...]
    open: tuple[PathUse, ...]
    alike: tuple[_Named, ...]


def data_files(
    reach: Reach, spots: Spots, folder: str
) -> tuple[tuple[DataFile, ...], tuple[Warn, ...], frozenset[str]]:
    """The files that reached code reads, what is to be told, and the files of the project that it writes.

    What it also writes is a result, not an input.

    folder: where relative names start: the folder of the pipeline file; then the project's root
    """
    wanted = dict(reach.files)
    warnings: dict[Warn, None] = {}
    found = tuple(_found_in_all(reach))
    every = [one for _, part in found for one in part.named]
    every += _followed(found, spots, ("read", "mention"))
    for named in every:
        if named.how in ("write", "ask"):
            continue
        files = _find_data(reach.project, folder, named.path, folders=named.how == "read")
        if len(files) > _MOST_FILES:
            text = f"the folder '{named.path.text}' has more than {_MOST_FILES} files and is not copied into images"
            warnings.setdefault(
                Warn(where=named.where, text=text, hint="read it from a volume or a bucket")
            )
        else:
            verb = "names" if named.how == "text" else "reads"
            for file in files:
                wanted.setdefault(file, Reason(named.where, f"{verb} {file}"))
    missing = list(_missing(reach.project, folder, every))
    if wanted or missing:
        every += _followed(found, spots, ("write", "ask"))
        missing = list(_missing(reach.project, folder, every)) if missing else []
    warnings.update(dict.fromkeys(missing))
    alike = (one for _, part in found for one in part.alike)
    warnings.update(dict.fromkeys(_not_writable((*every, *alike))))
    written = _written(reach.project, folder, every)
    own = set(reach.kept) | written
    data = (DataFile(path=path, reason=reason) for path, reason in sorted(wanted.items()))
    return tuple(one for one in data if one.path not in own), tuple(warnings), written


def _written(project: Project, folder: str, every: Iterable[_Named]) -> frozenset[str]:
    return frozenset(
        file
        for one in every
        if one.how == "write"
        for file in _find_data(project, folder, one.path, folders=False)
    )


def _followed(
    found: Iterable[tuple[Module, _Found]], spots: Spots, modes: tuple[str, ...]
) -> Iterator[_Named]:
    """The files that are named through classes, calls and variables."""
    for module, part in found:
        for use in part.open:
            if use.mode in modes:
                where = module.where(use.node.lineno)
                yield from (_Named(one, where, use.mode) for one in paths_named(spots, module, use))


def _found_in_all(reach: Reach) -> Iterator[tuple[Module, _Found]]:
    """What reached code names. Many steps keep the same units of a module: those are found once."""
    for module, piece in reach.extras:
        yield module, _found_in(module, (piece,))
    for (module, _), found in having(reach.project, "files", kept_sets(reach), _found_in_kept):
        yield module, found


def _found_in_kept(of: tuple[Module, frozenset[int]]) -> _Found | None:
    """What a module's kept units name; None for nothing."""
    module, kept = of
    pieces = (module.extract(module.units[index]) for index in sorted(kept))
    found = module.memory.once(("files", kept), partial(_found_in, module, pieces))
    return found if found.named or found.open or found.alike else None


def _found_in(module: Module, pieces: Iterable[Extract]) -> _Found:
    named: list[_Named] = []
    unclear: list[PathUse] = []
    alike: list[_Named] = []
    for piece in pieces:
        for use in piece.paths:
            path = known_path(module, use.node)
            if path is not None:
                where = module.where(use.node.lineno)
                named.append(_Named(path, where, use.mode, use.needed))
            if path is None or not path.complete:
                unclear.append(use)
                if use.mode == "write" and (pattern := name_pattern(module, use.node)):
                    where = module.where(use.node.lineno)
                    alike.append(_Named(KnownPath(pattern), where, use.mode, use.needed))
        named += (
            _Named(KnownPath(one.text), module.where(one.line), "text")
            for one in piece.texts
            if _FILE_NAME.fullmatch(one.text)
        )
    return _Found(tuple(named), tuple(unclear), tuple(alike))


def _missing(project: Project, folder: str, every: Sequence[_Named]) -> Iterator[Warn]:
    """Warn of files that reached code needs and images will lack.

    Not of those that it writes, asks for, or names once more: to whatever fetches them, it seems.
    """
    made = {one.path.text for one in every if one.how in ("write", "ask")}
    reads = Counter(one.path.text for one in every if one.how == "read")
    texts = Counter(one.path.text for one in every if one.how == "text")
    for named in every:
        text = named.path.text
        if not named.needed or text in made or texts[text] > reads[text]:
            continue
        if _is_file_name(named.path) and not _find_data(project, folder, named.path, folders=True):
            yield Warn(where=named.where, **_told_missing(folder, text))


def _not_writable(every: Iterable[_Named]) -> Iterator[Warn]:
    """Warn of files that are written beside the code: there a container can only read."""
    for named in every:
        if named.how == "write" and named.needed and _is_file_name(named.path):
            text = f"'{named.path.text}' is written {NOT_WRITABLE}"
            yield Warn(where=named.where, text=text, hint=_RETURN)


def _told_missing(folder: str, text: str) -> dict[str, str]:
    """What is wrong with a path, and the way out. An absolute one may be in the project: where that lies is unknown."""
    if text.startswith(("/", "~")):
        return {"text": f"'{text}' is a path of this machine, {NOT_IN_IMAGE}", "hint": _RELATE}
    outside = join(folder, text).startswith("..")
    told = f"'{text}' is not in the project, {NOT_IN_IMAGE}"
    return {"text": told, "hint": _MOVE if outside else _ADD}


def _is_file_name(path: KnownPath) -> bool:
    """Whether it is one file's whole name, and not one that every image has or that is no path at all."""
    text = path.text
    return (
        path.complete
        and not text.startswith(_OF_IMAGES)
        and not text.endswith(".py")
        and _FILE_NAME.fullmatch(posixpath.basename(text)) is not None
        and "://" not in text
        and "\n" not in text
    )


def with_given(
    project: Project,
    folder: str,
    data: tuple[DataFile, ...],
    calls: Sequence[Call],
) -> tuple[DataFile, ...]:
    """The data files, with those that the pipeline hands the step by name."""
    found = {one.path: one for one in data}
    for call in calls:
        for name, given in part_sources(call):
            value = given.value if isinstance(given, FromConstant) else None
            if isinstance(given, FromParam):
                value = given.default
            if isinstance(value, str) and "." in value:
                for path in _find_data(project, folder, KnownPath(value), folders=False):
                    found.setdefault(
                        path, DataFile(path=path, reason=Reason(call.where, f"{name} is {path}"))
                    )
    return tuple(found[path] for path in sorted(found))


def run_folder(folder: str, data: Sequence[DataFile]) -> str:
    """Where a step runs: in the folder of its pipeline file if data files stand there, else in the project's root."""
    beside = folder if folder in ("", ".") else f"{folder}/"
    return folder if any(one.path.startswith(beside) for one in data) else "."


def _find_data(project: Project, folder: str, path: KnownPath, *, folders: bool) -> tuple[str, ...]:
    """The files of the project that a path names; all below it where it is a folder and ``folders`` is set.

    Many steps name the same ones: they are looked for once.
    """
    key = "data", folder, path, folders
    return project.memory.once(key, lambda: _look_for_data(project, folder, path, folders=folders))


def _look_for_data(
    project: Project, folder: str, path: KnownPath, *, folders: bool
) -> tuple[str, ...]:
    text = path.text
    if text.startswith("/") or "\0" in text or "://" in text or not text.strip("./"):
        return ()
    starts = ["."] if path.anchored else list(dict.fromkeys((folder or ".", ".")))
    for start in starts:
        full = join(start, text)
        if full.startswith("..") or full == ".":
            continue
        if path.complete and not full.endswith(".py") and project.read(full) is not None:
            return (full,)
        if folders and project.source.is_dir(full):
            every = tuple(_below(project, full))
            pattern = join(start, path.like)
            many = len(every) > _MOST_FILES  # told as it is: not all of it was looked at
            return every if many else tuple(one for one in every if _is_like(pattern, one))
    return ()


def _is_like(pattern: str, path: str) -> bool:
    """Whether a file may be what a path with unknown parts names, or stand below that."""
    if UNKNOWN_PART not in pattern:
        return True
    known = (re.escape(part) for part in pattern.split(UNKNOWN_PART))
    return re.fullmatch(".*".join(known) + "(/.*)?", path) is not None


def _below(project: Project, folder: str) -> Iterator[str]:
    """The files below a folder, at most one more than MOST_FILES; no code, no hidden ones."""
    pending, count = [folder], 0
    while pending:
        here = pending.pop()
        for name in project.source.list(here):
            full = posixpath.join(here, name)
            if name.startswith(".") or name in _SKIPPED:
                continue
            if project.source.is_dir(full):
                pending.append(full)
            elif not name.endswith((".py", ".pyc")):
                yield full
                count += 1
                if count > _MOST_FILES:
                    return
