"""Commits of repositories, in the user's cache: ``<cache>/git/<commit>-<16 digits of the address>``, each fetched once.

A commit says what its tree is, so what is here needs no network. With ``-tags`` at its end a folder has the history and
the tags below the commit, too: for builds that make a version of them.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote, urlsplit

from ops0.core.digest import sha256
from ops0.core.requirements.places import local_path
from ops0.core.requirements.repositories import Repository
from ops0.core.requirements.repository_refs import short_ref
from ops0.host.folders import cache_dir, file_lock
from ops0_builder.lock.commits import ALL_REFS, commit_of, new_store
from ops0_builder.lock.git_errors import CommitGone, RepositoryUnreachable
from ops0_builder.lock.git_program import Git, last, user_git
from ops0_builder.lock.uv_program import Progress
from ops0_builder.lock.wheelhouse import Wheelhouse

_OURS = "refs/ops0/commit"
_LOOPBACK = frozenset(("127.0.0.1", "localhost", "::1"))


@dataclass(frozen=True, kw_only=True, slots=True)
class Repositories:
    """The repositories that the requirements of one project name.

    folder: where commits are kept;  root: the project's, which repositories of this machine are told from
    wheelhouse: whose workplaces are used
    """

    folder: Path
    root: Path
    wheelhouse: Wheelhouse
    git: Git
    progress: Progress

    @property
    def lock(self) -> Path:
        """The lock that all who use a commit share: where nobody has it, one may be removed."""
        return self.folder / ".lock"

    def commit_of(self, name: str, place: Repository) -> str:
        """The commit that a place is now. Raises as ``commits.commit_of``."""
        if place.commit is None:
            self._tell(name, place)
        with self.wheelhouse.workplace() as work:
            return commit_of(name, place, self.url(place.url), self.git, work)

    @contextmanager
    def stored(self, name: str, url: str, commit: str, *, tags: bool = False) -> Iterator[Path]:
        """A bare repository that has the commit, for as long as the block lasts; fetched where it is not here.

        raises: CommitGone, RepositoryUnreachable, GitMissing
        """
        place = self.folder / f"{commit}-{sha256(url.encode())[:16]}{'-tags' if tags else ''}"
        with file_lock(self.lock, shared=True):
            if not self._has(place, commit, url) and not self._has_after_clearing(
                place, commit, url
            ):
                self._bring(place, name, url, commit, tags=tags)
            os.utime(place)
            yield place

    def _has_after_clearing(self, place: Path, commit: str, url: str) -> bool:
        """Remove a damaged one; whether another ops0 has brought a whole one since it was seen to be so."""
        with file_lock(self.folder / ".clearing"):
            if self._has(place, commit, url):
                return True
            shutil.rmtree(place, ignore_errors=True)
            return False

    def _bring(self, place: Path, name: str, url: str, commit: str, *, tags: bool) -> None:
        what = f"{commit[:12]} with its tags" if tags else commit[:12]
        self.progress(f"lock: fetching {name} from {url} at {what}")
        with self.wheelhouse.workplace() as work:
            made = work / "repository"
            new_store(made, self.git, url, form="sha256" if len(commit) > 40 else "sha1")
            self._fetch(made, name, url, commit, tags=tags)
            if tags:
                self._drop_others(made, url)
            try:
                made.rename(place)
            except OSError:
                if not (place / "HEAD").is_file():  # else another ops0 was faster
                    raise

    def _fetch(self, store: Path, name: str, url: str, commit: str, *, tags: bool) -> None:
        """The commit alone where the server gives it by its name; else all that it has."""
        depth = () if tags else ("--depth=1",)
        below = ALL_REFS[1:] if tags else ()
        only = ("--no-tags", *depth, "--", f"{commit}:{_OURS}", *below)
        if self.git.fetch(store, self.url(url), *only, told=url).code == 0:
            return
        done = self.git.fetch(store, self.url(url), "--no-tags", "--", *ALL_REFS, told=url)
        if done.code != 0:
            raise RepositoryUnreachable(url, "cannot be fetched", last(done))
        if not self._has(store, commit, url):
            raise CommitGone(name, url, commit)
        self.git.here("--git-dir", str(store), "update-ref", _OURS, commit, told=url)

    def _drop_others(self, store: Path, url: str) -> None:
        """Only tags that lead to the commit: others must not count, whenever and wherever it is fetched again."""
        start = ("--git-dir", str(store))
        listed = ("for-each-ref", "--format=delete %(refname)")
        others = self.git.here(*start, *listed, "--no-merged", _OURS, "refs/tags", told=url)
        heads = self.git.here(*start, *listed, "refs/heads", told=url)
        lines = (line for said in (others, heads) for line in said.out.splitlines())
        gone = "".join(f"{line}\n" for line in lines)
        done = self.git.here(*start, "update-ref", "--stdin", told=url, send=gone)
        for said in (others, heads, done):
            if said.code != 0:
                raise RepositoryUnreachable(url, "its tags cannot be read", last(said))

    def _has(self, place: Path, commit: str, url: str) -> bool:
        if not (place / "HEAD").is_file():
            return False
        words = ("--git-dir", str(place), "cat-file", "-e", f"{commit}^{{commit}}^{{tree}}")
        return self.git.here(*words, told=url).code == 0

    def url(self, url: str) -> str:
        """An address as git takes it: that of a repository of this machine from the root of its file system."""
        path = local_path(url)
        if path is None:
            return url
        return f"file://{quote(os.fsencode(os.path.normpath(self.root / path)))}"

    def _tell(self, name: str, place: Repository) -> None:
        parts = urlsplit(place.url)
        self.progress(
            f"lock: asking {place.url} for {short_ref(place.ref) or 'its own branch'} ({name})"
        )
        if parts.scheme in ("http", "git") and parts.hostname not in _LOOPBACK:
            fact = "is not encrypted: who is on the way can name another commit"
            self.progress(f"lock: {place.url} {fact}")


def user_repositories(root: Path, wheelhouse: Wheelhouse, progress: Progress) -> Repositories:
    """Those of the user who runs ops0."""
    return Repositories(
        folder=cache_dir() / "git",
        root=root,
        wheelhouse=wheelhouse,
        git=user_git(),
        progress=progress,
    )
