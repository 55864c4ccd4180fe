"""Data files beside the code: which files of the project the reached code opens."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from ops0.core.analyzer.kept_sets import kept_sets
from ops0.core.analyzer.model import Extract
from ops0.core.analyzer.modules import Module, Project, join
from ops0.core.analyzer.paths import KnownPath, known_path
from ops0.core.analyzer.reach import Reach
from ops0.core.pipeline import DataFile, Reason, Warn

__all__ = ["MOST_FILES", "data_files", "find_data"]

MOST_FILES = 10_000
"""A folder with more files than this is a data set: it is not copied into images."""

_FILE_NAME = re.compile(r"[^\s:*?\"<>|][^\n:*?\"<>|]{0,200}\.[A-Za-z0-9]{1,10}")
_SKIPPED = frozenset({"__pycache__", "node_modules"})


@dataclass(frozen=True, slots=True)
class _Uses:
    """What some code does with files. ``wanted``: the first reason for each."""

    wanted: Mapping[str, Reason]
    written: frozenset[str]
    warnings: tuple[Warn, ...]


def data_files(reach: Reach, folder: str) -> tuple[tuple[DataFile, ...], tuple[Warn, ...]]:
    """The files that reached code reads; what it also writes is a result, not an input.

    folder: where relative names start: the folder of the pipeline file; then the project's root
    """
    wanted: dict[str, Reason] = {}
    written: set[str] = set()
    warnings: dict[Warn, None] = {}
    alone = [_uses_in(module, (piece,), folder) for module, piece in reach.extras]
    for uses in (*alone, *(_uses_of_kept(*one, folder) for one in kept_sets(reach))):
        for file, reason in uses.wanted.items():
            wanted.setdefault(file, reason)
        written |= uses.written
        warnings.update(dict.fromkeys(uses.warnings))
    code = set(reach.kept)
    found = (DataFile(path=path, reason=reason) for path, reason in sorted(wanted.items()))
    return tuple(one for one in found if one.path not in written | code), tuple(warnings)


def _uses_of_kept(module: Module, kept: frozenset[int], folder: str) -> _Uses:
    """What a module's kept units do with files. Many steps keep the same ones of a module."""
    pieces = (module.extract(module.units[index]) for index in sorted(kept))
    return module.memory.once(("files", kept, folder), lambda: _uses_in(module, pieces, folder))


def _uses_in(module: Module, pieces: Iterable[Extract], folder: str) -> _Uses:
    wanted: dict[str, Reason] = {}
    written: set[str] = set()
    warnings: dict[Warn, None] = {}
    for piece in pieces:
        for use in piece.paths:
            path = known_path(module, use.node)
            if path is None:
                continue
            where = module.where(getattr(use.node, "lineno", 1))
            files = find_data(module.project, folder, path, folders=use.mode == "read")
            if use.mode == "write":
                written.update(files)
            elif len(files) > MOST_FILES:
                text = f"the folder '{path.text}' has more than {MOST_FILES} files and is not copied into images"
                warnings.setdefault(
                    Warn(where=where, text=text, hint="read it from a volume or a bucket")
                )
            else:
                for file in files:
                    wanted.setdefault(file, Reason(where, f"reads {file}"))
        for text, line in piece.texts:
            if _FILE_NAME.fullmatch(text):
                for file in find_data(module.project, folder, KnownPath(text), folders=False):
                    wanted.setdefault(file, Reason(module.where(line), f"names {file}"))
    return _Uses(wanted, frozenset(written), tuple(warnings))


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
