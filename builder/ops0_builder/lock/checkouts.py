"""The tree of one commit as files: submodules in their places, links that stay inside, and git where a build asks it.

Whoever wrote a repository wrote its tree, its ``.gitmodules`` and its links, so nothing of them is believed.
"""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from ops0.core.locked import LockedSource
from ops0_builder.lock.git_errors import TreeRefused
from ops0_builder.lock.git_program import Git, last
from ops0_builder.lock.lfs import Filling, pointers_in
from ops0_builder.lock.repositories import Repositories
from ops0_builder.lock.submodules import ASK_AUTHOR, Submodule, submodules_in
from ops0_builder.lock.tag_versions import may_ask_git

_DEEPEST = 8
_ABBREVIATED = 12
"""Digits of a commit in what git tells a build: by itself git takes as many as the repository's size wants."""


@contextmanager
def checked_out(
    name: str, source: LockedSource, repositories: Repositories, large: frozenset[str] = frozenset()
) -> Iterator[Path]:
    """The folder in a repository that a distribution is built from, with the repository's other files beside it.

    large:  the files of Git LFS that stand there in place of their pointers, by sha256
    raises: TreeRefused, CommitGone, RepositoryUnreachable, GitMissing
    """
    with repositories.wheelhouse.workplace() as work:
        tree = work / "source"
        index = work / "index"  # beside all trees: what is in them is the repository's to say
        wanted = _Wanted(name, source.place, source.digest)
        _place(wanted, tree, index, repositories)
        tags = may_ask_git(tree, source.inside)
        if tags or large:  # the latter into the one that stays: they are stored beside the commit
            shutil.rmtree(tree)
            _place(replace(wanted, tags=tags, large=large), tree, index, repositories)
        _check_links(name, source.place, tree)
        for path in pointers_in(tree)[:1]:
            fact = "has Git LFS pointers in place of files, fetched where its wheel has them"
            told = f"{fact}: {_printable(str(path))} and the like"
            repositories.progress(f"lock: {name}: {source.place} {told}")
        folder = tree / source.inside
        if not folder.is_dir() or not folder.resolve().is_relative_to(tree.resolve()):
            hint = "name the folder that has its pyproject.toml: #subdirectory=FOLDER"
            raise TreeRefused(name, source.place, f"has no folder {source.inside}", hint)
        yield folder


def tree_of(folder: Path, inside: str) -> Path:
    """The whole tree of a folder that ``checked_out`` gave."""
    return Path(os.path.normpath(folder / "/".join(".." for _ in Path(inside).parts)))


@dataclass(frozen=True, slots=True)
class _Wanted:
    name: str
    url: str
    commit: str
    tags: bool = False
    depth: int = 0
    large: frozenset[str] = frozenset()


def _place(wanted: _Wanted, tree: Path, index: Path, repositories: Repositories) -> None:
    """Write a commit's files into a folder, which is made, and its submodules below.

    index: where git may list the files meanwhile
    """
    git = repositories.git
    with repositories.stored(wanted.name, wanted.url, wanted.commit, tags=wanted.tags) as store:
        tree.mkdir(exist_ok=True)
        own = _own_store(store, tree, wanted, git) if wanted.tags else store
        listed = own / "index" if wanted.tags else index
        words = ("--git-dir", str(own), "--work-tree", str(tree), "read-tree", "--reset", "-u")
        done = git.here(*words, wanted.commit, told=wanted.url, index=listed)
        if done.code != 0:
            fact = f"its files cannot be written\n{last(done)}"
            raise TreeRefused(wanted.name, wanted.url, fact, ASK_AUTHOR)
        found = submodules_in(wanted.name, wanted.url, own, tree, listed, git)
        if wanted.large:
            filling = Filling(
                name=wanted.name, wanted=wanted.large, git=git, progress=repositories.progress
            )
            filling.fill(tree, store, repositories.url(wanted.url), wanted.url, wanted.commit)
    index.unlink(missing_ok=True)
    for one in found:
        _place_below(one, wanted, tree, index, repositories)


def _place_below(
    one: Submodule, wanted: _Wanted, tree: Path, index: Path, repositories: Repositories
) -> None:
    folder = tree / one.path
    if wanted.depth >= _DEEPEST:
        fact = f"its submodules go deeper than {_DEEPEST}: {one.path}"
        raise TreeRefused(wanted.name, wanted.url, fact, ASK_AUTHOR)
    if not folder.resolve().is_relative_to(tree.resolve()):
        raise TreeRefused(
            wanted.name, wanted.url, f"its submodule leads out: {one.path}", ASK_AUTHOR
        )
    depth = wanted.depth + 1
    below = _Wanted(wanted.name, one.url, one.commit, depth=depth, large=wanted.large)
    _place(below, folder, index, repositories)


def _own_store(store: Path, tree: Path, wanted: _Wanted, git: Git) -> Path:
    """A repository of the tree's own, as a clone at that commit has it, for a build that asks git."""
    own = tree / ".git"
    shutil.copytree(store, own)
    (own / "HEAD").write_text(f"{wanted.commit}\n", encoding="ascii")
    for key, value in (("core.bare", "false"), ("core.abbrev", str(_ABBREVIATED))):
        git.here("config", "--file", str(own / "config"), key, value, told=wanted.url)
    return own


def _check_links(name: str, url: str, tree: Path) -> None:
    """Raises TreeRefused for a link that leads out of the tree: a build would read a file of this machine."""
    top = os.path.realpath(tree)
    for here, folders, files in os.walk(tree):
        for one in (*folders, *files):
            path = Path(here, one)
            if path.is_symlink() and not _stays(os.path.realpath(path), top):
                shown = _printable(path.relative_to(tree).as_posix())
                fact = f"a link leads out of it: {shown} -> {_printable(str(path.readlink()))}"
                raise TreeRefused(name, url, fact, ASK_AUTHOR)


def _printable(text: str) -> str:
    return re.sub(r"[^\x20-\x7e]", "?", text)[:200]


def _stays(path: str, top: str) -> bool:
    return path == top or path.startswith(f"{top}{os.sep}")
