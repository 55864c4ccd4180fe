"""Which commit a branch, a tag or the start of a commit's name is now."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

from ops0.core.near import did_you_mean
from ops0.core.requirements.repositories import Repository
from ops0.core.requirements.repository_refs import BRANCHES, TAGS, short_ref
from ops0_builder.lock.git_errors import (
    AmbiguousRef,
    NoSuchRef,
    RepositoryUnreachable,
    by_hand,
)
from ops0_builder.lock.git_program import Git, last

ALL_REFS = ("+refs/heads/*:refs/heads/*", "+refs/tags/*:refs/tags/*")
_START = re.compile(r"[0-9a-f]{7,63}\Z")
_LINE = re.compile(r"(?P<commit>[0-9a-f]{40,64})\t(?P<ref>\S+)\Z")


def commit_of(name: str, place: Repository, url: str, git: Git, work: Path) -> str:
    """The whole name of the commit that a place in a repository is now.

    url:    as git takes it here;  work: an empty folder of ours
    raises: NoSuchRef, AmbiguousRef, RepositoryUnreachable, GitMissing
    """
    if place.commit is not None:
        return place.commit
    ref = place.ref
    wanted = [f"{TAGS}{ref}", f"{BRANCHES}{ref}"]
    if ref in ("", "HEAD") or ref.startswith("refs/"):
        wanted = [ref or "HEAD"]
    patterns = (one for start in wanted for one in (start, f"{start}^{{}}"))
    said = _read(git.ask(url, *patterns, told=place.url).out)
    found = [said.get(f"{one}^{{}}", said.get(one)) for one in wanted]
    commits = {one for one in found if one is not None}
    if len(commits) > 1:
        raise AmbiguousRef(name, place.url, ref)
    if commits:
        return commits.pop()
    started = _by_start(place, url, git, work) if _START.match(ref.lower()) else None
    if started is None:
        raise NoSuchRef(name, place.url, ref, _near(place, url, git))
    return started


def _read(text: str) -> Mapping[str, str]:
    lines = (_LINE.match(line) for line in text.splitlines())
    return {one["ref"]: one["commit"] for one in lines if one is not None}


def _by_start(place: Repository, url: str, git: Git, work: Path) -> str | None:
    """The one commit whose name begins so: a server is asked for whole names alone, so all of it must be here."""
    new_store(work / "all", git, place.url)
    done = git.fetch(work / "all", url, "--no-tags", "--", *ALL_REFS, told=place.url)
    if done.code != 0:
        raise RepositoryUnreachable(place.url, "cannot be fetched", last(done))
    words = (
        "rev-parse",
        "--verify",
        "--quiet",
        "--end-of-options",
        f"{place.ref.lower()}^{{commit}}",
    )
    found = git.here("--git-dir", str(work / "all"), *words, told=place.url)
    return found.out.strip() if found.code == 0 else None


def new_store(folder: Path, git: Git, told: str, *, form: str = "sha1") -> None:
    """An empty bare repository. Raises GitMissing, RepositoryUnreachable."""
    words = ("init", "--quiet", "--bare", "--template=", f"--object-format={form}", str(folder))
    done = git.here(*words, told=told)
    if done.code != 0:
        raise RepositoryUnreachable(told, "git cannot make a repository for it here", last(done))


def _near(place: Repository, url: str, git: Git) -> str:
    kinds = [start for start in (TAGS, BRANCHES) if place.ref.startswith(start)]
    asked = (f"{start}*" for start in kinds or (TAGS, BRANCHES))
    said = _read(git.ask(url, *asked, told=place.url).out)
    names = {short_ref(one).removesuffix("^{}") for one in said}
    return did_you_mean(
        short_ref(place.ref), sorted(names), f"see what it has: {by_hand(place.url)}"
    )
