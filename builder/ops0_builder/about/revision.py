"""The project's source and revision, asked from Git."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

from ops0.core.pipeline import Pipeline
from ops0.host import process

SECONDS = 30.0


@dataclass(frozen=True, kw_only=True, slots=True)
class Revision:
    """What is checked out.

    commit: 40 or 64 hex digits;  changed: whether tracked files, or what an image is made of, differ from it
    source: where the repository comes from, without credentials; "" where that is nowhere but here
    """

    commit: str
    changed: bool
    source: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Checkout:
    """A folder that Git knows. ``tracked``: the files in it that are in the index, relative to it, POSIX."""

    root: Path
    revision: Revision
    tracked: frozenset[str]

    def revision_with(self, files: Iterable[str]) -> Revision:
        """The revision as the origin of what is made of these files, relative to the root: all must be in it."""
        strange = any(self._is_strange(one) for one in files)
        return replace(self.revision, changed=self.revision.changed or strange)

    def _is_strange(self, file: str) -> bool:
        if file in self.tracked:
            return False
        real = (self.root / file).resolve()  # by way of a linked folder
        return not (
            real.is_relative_to(self.root)
            and real.relative_to(self.root).as_posix() in self.tracked
        )


def files_of(pipeline: Pipeline) -> frozenset[str]:
    """The project's files that go into a pipeline's images. Pure."""
    slices = (one for step in pipeline.steps for one in step.slices)
    code = {one.path if one.cells is None else one.cells.path for one in slices}
    return frozenset(code | {one.path for step in pipeline.steps for one in step.data})


def checkout_of(root: Path) -> Checkout | None:
    """What is checked out in a folder; None where that is no repository, or there is no Git."""
    try:
        commit = _git(root, "rev-parse", "--verify", "HEAD")
        if commit is None or not re.fullmatch(r"[0-9a-f]{40,64}", commit):
            return None
        changed = _git(root, "status", "--porcelain", "--untracked-files=no", "--", ".")
        source = _git(root, "config", "--get", "remote.origin.url")
        tracked = _git(root, "ls-files", "-z", "--recurse-submodules") or ""
    except (process.ProgramMissing, process.ProgramTimeout):
        return None
    found = Revision(commit=commit, changed=changed != "", source=public_source(source or ""))
    return Checkout(root=root, revision=found, tracked=frozenset(tracked.split("\0")))


def public_source(url: str) -> str:
    """A remote as an address that says nothing secret: no user, password, query or fragment; "" for a path. Pure."""
    if "://" not in url:
        host, colon, path = url.partition(":")
        if not colon or "/" in host:
            return ""
        return f"ssh://{host.rpartition('@')[2]}/{path.lstrip('/')}"
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https", "ssh", "git"):
        return ""
    place = parts.netloc.rpartition("@")[2]
    return urlunsplit((parts.scheme, place, parts.path, "", ""))


def _git(root: Path, *words: str) -> str | None:
    done = process.run(("git", "-C", str(root), *words), timeout=SECONDS)
    return done.out.strip() if done.code == 0 else None
