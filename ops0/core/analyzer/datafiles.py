"""Data files beside the code: which files of the project the reached code opens."""

from __future__ import annotations

import posixpath
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial

from ops0.core.analyzer.effects.kept_sets import kept_sets
from ops0.core.analyzer.project.module import Module
from ops0.core.analyzer.project.modules import Project
from ops0.core.analyzer.project.paths import KnownPath, known_path
from ops0.core.analyzer.project.roots import join
from ops0.core.analyzer.reach.reach import Reach
from ops0.core.analyzer.syntax.model import Extract
from ops0.core.pipeline import (
    NOT_IN_IMAGE,
    Call,
    DataFile,
    FromConstant,
    FromParam,
    Reason,
    Warn,
    Where,
    part_sources,
)

__all__ = ["MOST_FILES", "data_files", "find_data", "run_folder", "with_given"]

MOST_FILES = 10_000
"""A folder with more files than this is a data set: it is not copied into images."""

_FILE_NAME = re.compile(r"[^\s:*?\"<>|][^\n:*?\"<>|]{0,200}\.[A-Za-z0-9]{1,10}")
_OF_IMAGES = ("/tmp/", "/etc/", "/usr/", "/proc/", "/sys/", "/dev/", "/var/", "/run/", "/opt/")  # noqa: S108 - a name
_ADD = "put it in the project, or let the step fetch it"
_MOVE = "move it below the project folder, or let the step fetch it"
_SKIPPED = frozenset({"__pycache__", "node_modules"})


@dataclass(frozen=True, slots=True)
class _Named:
    """A file that code names. ``how``: the mode of PathUse; ``text`` for any text that looks like a file's name."""

    path: KnownPath
    where: Where
    how: str
    needed: bool = False


def data_files(reach: Reach, folder: str) -> tuple[tuple[DataFile, ...], tuple[Warn, ...]]:
    """The files that reached code reads; what it also writes is a result, not an input.

    folder: where relative names start: the folder of the pipeline file; then the project's root
    """
    wanted = dict(reach.files)
    written: set[str] = set()
    warnings: dict[Warn, None] = {}
    every = tuple(_named(reach))
    for named in every:
        files = find_data(reach.project, folder, named.path, folders=named.how == "read")
        if named.how == "write":
            written.update(files)
        elif named.how == "ask":
            continue
        elif len(files) > MOST_FILES:
            text = f"the folder '{named.path.text}' has more than {MOST_FILES} files and is not copied into images"
            warnings.setdefault(
                Warn(where=named.where, text=text, hint="read it from a volume or a bucket")
            )
        else:
            verb = "names" if named.how == "text" else "reads"
            for file in files:
                wanted.setdefault(file, Reason(named.where, f"{verb} {file}"))
    warnings.update(dict.fromkeys(_missing(reach.project, folder, every)))
    code = set(reach.kept)
    found = (DataFile(path=path, reason=reason) for path, reason in sorted(wanted.items()))
    return tuple(one for one in found if one.path not in written | code), tuple(warnings)


def _named(reach: Reach) -> Iterator[_Named]:
    """The files that reached code names. Many steps keep the same units of a module: those are found once."""
    for module, piece in reach.extras:
        yield from _named_in(module, (piece,))
    for module, kept in kept_sets(reach):
        pieces = (module.extract(module.units[index]) for index in sorted(kept))
        yield from module.memory.once(("files", kept), partial(_named_in, module, pieces))


def _named_in(module: Module, pieces: Iterable[Extract]) -> tuple[_Named, ...]:
    found: list[_Named] = []
    for piece in pieces:
        for use in piece.paths:
            path = known_path(module, use.node)
            if path is not None:
                where = module.where(getattr(use.node, "lineno", 1))
                found.append(_Named(path, where, use.mode, use.needed))
        found += (
            _Named(KnownPath(one.text), module.where(one.line), "text")
            for one in piece.texts
            if _FILE_NAME.fullmatch(one.text)
        )
    return tuple(found)


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
        if _is_file_name(named.path) and not find_data(project, folder, named.path, folders=True):
            outside = text.startswith(("/", "~")) or join(folder, text).startswith("..")
            yield Warn(
                where=named.where,
                text=f"'{text}' {NOT_IN_IMAGE}",
                hint=_MOVE if outside else _ADD,
            )


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
                for path in find_data(project, folder, KnownPath(value), folders=False):
                    found.setdefault(
                        path, DataFile(path=path, reason=Reason(call.where, f"{name} is {path}"))
                    )
    return tuple(found[path] for path in sorted(found))


def run_folder(folder: str, data: Sequence[DataFile]) -> str:
    """Where a step runs: in the folder of its pipeline file if data files stand there, else in the project's root."""
    beside = folder if folder in ("", ".") else f"{folder}/"
    return folder if any(one.path.startswith(beside) for one in data) else "."


def find_data(project: Project, folder: str, path: KnownPath, *, folders: bool) -> list[str]:
    """The files of the project that a path names; all below it where it is a folder and ``folders`` is set."""
    if (
        path.text.startswith("/")
        or "\0" in path.text
        or "://" in path.text
        or not path.text.strip("./")
    ):
        return []
    starts = ["."] if path.anchored else list(dict.fromkeys((folder or ".", ".")))
    for start in starts:
        full = join(start, path.text)
        if full.startswith("..") or full == ".":
            continue
        if path.complete and not full.endswith(".py") and project.read(full) is not None:
            return [full]
        if folders and project.source.is_dir(full):
            return list(_below(project, full))
    return []


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
                if count > MOST_FILES:
                    return
