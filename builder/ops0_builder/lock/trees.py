"""The files of a folder that count as its source: listed, digested, copied. So the same on every machine.

In a checkout of git those are what a commit of all would hold: neither ignored files nor what lies in ``.git``.
Elsewhere all but what tools leave behind. A wheel is built from a copy of exactly these files, so it cannot depend on
others.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from ops0.core.digest import digest_of
from ops0.host.process import ProgramMissing, ProgramTimeout, run
from ops0_builder.lock.wheelhouse import file_sha256

_SECONDS = 60.0
_LEFT_BEHIND = frozenset((
    "ops0.lock", "__pycache__", ".git", ".hg", ".svn", ".venv", "venv", ".tox", ".nox", "node_modules",
    ".mypy_cache", ".pytest_cache", ".ruff_cache", ".eggs", ".idea", ".vscode", ".DS_Store",
))  # fmt: skip
_ENDS = (".pyc", ".pyo", ".egg-info")
_OUTPUTS = frozenset(("build", "dist"))
"""Folders at the top that a build writes to."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Tree:
    """The files of a folder.

    files: path from the folder, POSIX -> sha256 of its bytes, with an ``x`` after it for one that can be run; sorted
    """

    files: Mapping[str, str]

    @property
    def digest(self) -> str:
        """Over paths, bytes and who can be run; not over times, owners or other modes."""
        return digest_of([[path, said] for path, said in self.files.items()])


def read_tree(folder: Path) -> Tree:
    """Look at every file of a folder that counts. Raises OSError."""
    files = sorted(set(_listed(folder)))
    return Tree(files={path: _said(folder / path) for path in files})


def copy_tree(folder: Path, tree: Tree, to: Path) -> None:
    """Copy these files into a folder, which is made; links become what they lead to. Raises OSError."""
    to.mkdir(parents=True)
    for path, said in tree.files.items():
        target = to / path
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(folder / path, target)
        target.chmod(0o755 if said.endswith("x") else 0o644)


def changed_files(old: Mapping[str, str], new: Mapping[str, str]) -> tuple[str, ...]:
    """How the files of a folder differ: ``src/a.py``, ``+src/b.py``, ``-src/c.py``; sorted by path. Pure.

    old: may hold the first characters of each digest alone
    """
    found = []
    for path in sorted({*old, *new}):
        if path not in old:
            found.append(f"+{path}")
        elif path not in new:
            found.append(f"-{path}")
        elif new[path][: len(old[path])] != old[path]:
            found.append(path)
    return tuple(found)


def _said(path: Path) -> str:
    return file_sha256(path) + ("x" if os.access(path, os.X_OK) else "")


def _listed(folder: Path) -> Iterator[str]:
    known = _known_to_git(folder)
    if known is None:
        yield from _walked(folder, PurePosixPath(), frozenset())
        return
    for name in known:
        path = PurePosixPath(name)
        if not _counts(path):
            continue
        if (folder / path).is_dir():  # a repository inside, or a link
            yield from _walked(folder, path, frozenset())
        elif (folder / path).is_file():
            yield name


def _known_to_git(folder: Path) -> tuple[str, ...] | None:
    """What git has of a folder or would add to a commit; None where it knows nothing of it."""
    argv = ("git", "ls-files", "-z", "--cached", "--others", "--exclude-standard", "--", ".")
    try:
        done = run(argv, cwd=folder, timeout=_SECONDS)
        ignored = run(("git", "check-ignore", "-q", "."), cwd=folder, timeout=_SECONDS)
    except (ProgramMissing, ProgramTimeout):
        return None
    if done.code != 0 or ignored.code == 0:
        return None
    return tuple(name for name in done.out.split("\0") if name)


def _walked(top: Path, inside: PurePosixPath, above: frozenset[str]) -> Iterator[str]:
    here = top / inside
    real = os.path.realpath(here)
    if real in above:  # a link that leads back
        return
    for entry in sorted(os.scandir(here), key=lambda one: one.name):
        path = inside / entry.name
        if not _counts(path):
            continue
        if entry.is_dir():
            yield from _walked(top, path, above | {real})
        elif entry.is_file():
            yield path.as_posix()


def _counts(path: PurePosixPath) -> bool:
    return not (
        path.parts[0] in _OUTPUTS
        or any(part in _LEFT_BEHIND or part.endswith(_ENDS) for part in path.parts)
    )


def short(files: Mapping[str, str]) -> dict[str, str]:
    """The first characters of each file's digest: enough to say later which of them have changed."""
    return {path: said[:12] for path, said in files.items()}
