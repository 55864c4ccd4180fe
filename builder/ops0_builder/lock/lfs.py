"""Git LFS: small texts, pointers, stand in a repository where large files are meant. What is wanted of them is fetched.

A pointer says the sha256 of its file, so what is fetched is what the commit means, whoever has it. git-lfs fetches,
with the user's own way to log in; none of its filters and hooks runs, and no ``.lfsconfig`` leads it elsewhere.

source: https://github.com/git-lfs/git-lfs/blob/main/docs/spec.md
"""

from __future__ import annotations

import os
import re
import shutil
import zipfile
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from shlex import quote

from ops0.core.locked import LockedFile, LockedSource
from ops0_builder.lock.git_errors import TreeRefused
from ops0_builder.lock.git_program import Git
from ops0_builder.lock.submodules import ASK_AUTHOR
from ops0_builder.lock.uv_program import Progress
from ops0_builder.lock.wheelhouse import Wheelhouse, file_sha256

_START = b"version https://git-lfs.github.com/spec/"
_LARGEST = 1024
_SAID = re.compile(
    rb"^oid sha256:(?P<sha256>[0-9a-f]{64})\nsize (?P<size>[0-9]{1,18})$", re.MULTILINE
)
_NO_PATH = re.compile(r"[*?\[\],\\!\s]")
"""What is no part of a path where git-lfs is told paths, which knows no way to quote it."""
_LONGEST = 60_000
"""Bytes of the paths that one call is told: Linux takes 128 KiB an argument."""
_MISSING = "'lfs' is not a git command"


@dataclass(frozen=True, kw_only=True, slots=True)
class Pointer:
    """What a pointer stands for: the file's sha256 and bytes."""

    sha256: str
    size: int


def pointers_in(tree: Path) -> tuple[str, ...]:
    """The paths of pointers below a folder, sorted."""
    return tuple(sorted(_texts(tree)))


def pointers_in_wheel(wheel: Path) -> dict[str, Pointer | None]:
    """The names of members that are pointers, sorted, with what they say; None of one that says nothing."""
    with zipfile.ZipFile(wheel) as archive:
        small = (one.filename for one in archive.infolist() if one.file_size < _LARGEST)
        texts = {name: archive.read(name) for name in sorted(small)}
    return {name: _read(text) for name, text in texts.items() if _is(text)}


@dataclass(frozen=True, kw_only=True, slots=True)
class Filling:
    """Puts files into a tree where pointers to them stand.

    name: of the distribution, for errors;  wanted: which files, by sha256
    """

    name: str
    wanted: Collection[str]
    git: Git
    progress: Progress

    def fill(self, tree: Path, store: Path, url: str, told: str, commit: str) -> None:
        """Fetch what is wanted of a commit's tree, once, into its bare repository; and copy it into the tree.

        url:    as git takes it here;  told: how it is called in errors
        raises: TreeRefused where git-lfs is missing or the server has no such file; RepositoryUnreachable, GitMissing
        """
        read = {path: _read(text) for path, text in _texts(tree).items()}
        found = {
            path: one for path, one in read.items() if one is not None and one.sha256 in self.wanted
        }
        missing = {path: one for path, one in found.items() if not _kept(store, one).is_file()}
        if missing:
            self._fetch(missing, store, url, told, commit)
        for path, one in found.items():
            kept = _kept(store, one)
            if not kept.is_file() or file_sha256(kept) != one.sha256:
                fact = f"its Git LFS has no such content for {path}: sha256 {one.sha256}"
                raise TreeRefused(self.name, told, fact, "tell who wrote it: `git lfs push --all`")
            shutil.copyfile(kept, tree / path)  # keeps the file's own mode

    def _fetch(
        self, missing: Mapping[str, Pointer], store: Path, url: str, told: str, commit: str
    ) -> None:
        size = sum(one.size for one in missing.values()) / 1e6
        what = f"{len(missing)} file{'' if len(missing) == 1 else 's'} of Git LFS, {size:.1f} MB"
        self.progress(f"lock: fetching {what} ({self.name})")
        # A .lfsconfig, which could name another server, is read from what HEAD is: so that is nothing.
        self.git.here("--git-dir", str(store), "symbolic-ref", "HEAD", "refs/ops0/none", told=told)
        for paths in _parts(missing):
            done = self.git.fetch_large(store, url, commit, f"--include={paths}", told=told)
            if _MISSING in done.err:
                fact = f"its wheel holds files of Git LFS, {', '.join([*missing][:5])}, and git-lfs is not installed"
                raise TreeRefused(self.name, told, fact, INSTALL)


INSTALL = (
    "install it, `apt-get install git-lfs`; or make the wheel where it is, and name that: "
    "NAME @ file:wheels/FILE.whl"
)
"""What to do where git-lfs is missing."""


def pointed_at(name: str, place: str, wheel: LockedFile, wheelhouse: Wheelhouse) -> dict[str, str]:
    """Path -> sha256 of the files of Git LFS that a wheel has pointers to. Such a wheel does not stay.

    raises: TreeRefused for a pointer that says no file
    """
    found = pointers_in_wheel(wheelhouse.path(wheel))
    if found:
        wheelhouse.drop(wheel)
    for member, pointer in found.items():
        if pointer is None:
            fact = f"its wheel would hold a Git LFS pointer to nothing: {member}"
            raise TreeRefused(name, place, fact, ASK_AUTHOR)
    return {member: one.sha256 for member, one in found.items() if one is not None}


def pull_by_hand(source: LockedSource) -> str:
    """What to do where a folder or an archive has pointers in place of its files."""
    if source.kind == "url":
        return "name the repository that it is of, NAME @ git+https://HOST/PATH@REF, of which they are fetched"
    if source.kind == "folder":
        return f"fetch its files first: git -C {quote(source.place)} lfs pull"
    return f"make {source.place} again where its files have been fetched: git lfs pull"


def _parts(paths: Iterable[str]) -> Iterator[str]:
    """Paths as git-lfs is told them, with commas between, in several parts where they are many.

    What it would read otherwise is any one character there, which a few more files may fit.
    """
    part: list[str] = []
    size = 0
    for path in paths:
        plain = _NO_PATH.sub("?", path)
        if part and size + len(os.fsencode(plain)) > _LONGEST:
            yield ",".join(part)
            part, size = [], 0
        part.append(plain)
        size += len(os.fsencode(plain)) + 1
    if part:
        yield ",".join(part)


def _texts(tree: Path) -> dict[str, bytes]:
    """Path -> text of each pointer below a folder."""
    found = {}
    for here, folders, files in os.walk(tree):
        folders[:] = [one for one in folders if one != ".git"]
        for name in files:
            path = Path(here, name)
            if not path.is_symlink() and path.stat().st_size < _LARGEST:
                text = path.read_bytes()
                if _is(text):
                    found[path.relative_to(tree).as_posix()] = text
    return found


def _is(data: bytes) -> bool:
    return data.startswith(_START)


def _read(text: bytes) -> Pointer | None:
    said = _SAID.search(text)
    return Pointer(sha256=said["sha256"].decode(), size=int(said["size"])) if said else None


def _kept(store: Path, one: Pointer) -> Path:
    """Where git-lfs keeps a file in a repository."""
    return store / "lfs" / "objects" / one.sha256[:2] / one.sha256[2:4] / one.sha256
