"""What can go wrong with repositories of git that requirements name."""

from __future__ import annotations

import shlex
from urllib.parse import unquote

from ops0.core.errors import LockError
from ops0.core.requirements.repository_refs import BRANCHES, TAGS, short_ref

_REFUSED = (
    "could not read Username", "could not read Password", "Authentication failed", "Permission denied",
    "terminal prompts disabled", "HTTP Basic: Access denied", "error: 401", "error: 403", "Repository not found",
)  # fmt: skip
_LOGIN = (
    "give git a login of your own: a credential helper, ~/.netrc or a key that ssh-agent has; "
    "the one in a requirement's address is not used. To see it fail: {}"
)

_UNKNOWN_HOST = "Host key verification failed"
_KNOW = (
    "ssh does not know the host, or knows another key of it, and nobody is asked: go there once by hand and compare "
    "its key, {}; on a machine of CI put its known key into ~/.ssh/known_hosts"
)


def by_hand(repository: str) -> str:
    """The command by which a user sees what git says of a repository, told from the project's root.

    >>> by_hand("https://x.example/a.git"), by_hand("file:../a b.git")
    ('git ls-remote https://x.example/a.git', "git ls-remote '../a b.git'")
    """
    return f"git ls-remote {shlex.quote(unquote(repository.removeprefix('file:')))}"


def large_by_hand(repository: str) -> str:
    """The same of what Git LFS has of it: a clone fetches that.

    >>> large_by_hand("https://x.example/a.git")
    'git clone https://x.example/a.git seen && git -C seen lfs pull'
    """
    plain = shlex.quote(unquote(repository.removeprefix("file:")))
    return f"git clone {plain} seen && git -C seen lfs pull"


class GitMissing(LockError):
    """A requirement names a repository, and this machine has no git, or one that does not run."""

    exit_code = 29

    def __init__(self, repository: str, fact: str) -> None:
        super().__init__(
            f"{repository}: git is needed to fetch it: {fact}",
            "install git, `apt-get install git`; or carry the wheel that another machine made: "
            "`ops0 lock --wheelhouse DIR` there, `ops0 build --wheelhouse DIR` here",
        )
        self.repository = repository


class RepositoryUnreachable(LockError):
    """A repository does not answer, wants another login, or breaks off. ``large``: it is Git LFS that does."""

    exit_code = 26

    def __init__(self, repository: str, fact: str, said: str, *, large: bool = False) -> None:
        checked = "the folder" if repository.startswith("file:") else "the address and the network"
        seen = large_by_hand(repository) if large else by_hand(repository)
        hint = f"check {checked}. To see it fail: {seen}"
        if _UNKNOWN_HOST in said:
            hint = _KNOW.format(by_hand(repository))
        elif any(sign in said for sign in _REFUSED):
            hint = _LOGIN.format(seen)
        elif large:
            hint = f"who wrote it may not have pushed them: `git lfs push --all`. To see it fail: {seen}"
        super().__init__(f"{repository}: {fact}\n{said}".rstrip(), hint)
        self.repository, self.said = repository, said


class CommitGone(LockError):
    """The repository answers, and has no such commit: it was never pushed, or what had it was removed."""

    exit_code = 26

    def __init__(self, distribution: str, repository: str, commit: str) -> None:
        super().__init__(
            f"{distribution}: {repository} has no commit {commit}",
            "ask for a branch or tag that it has, or, where only ops0.lock names it, move on: "
            f"ops0 lock --upgrade {distribution}. Who has locked it has its wheel: ops0 lock --wheelhouse DIR",
        )
        self.repository, self.commit = repository, commit


class NoSuchRef(LockError):
    """The repository has no branch, tag or commit of that name."""

    exit_code = 24

    def __init__(self, distribution: str, repository: str, ref: str, hint: str) -> None:
        super().__init__(f"{distribution}: {repository} has no {_named(ref)}", hint)
        self.repository, self.ref = repository, ref


def _named(ref: str) -> str:
    for start, kind in ((TAGS, "tag"), (BRANCHES, "branch")):
        if ref.startswith(start):
            return f"{kind} {short_ref(ref)!r}"
    return f"branch, tag or commit {ref!r}" if ref else "branch that it takes by itself"


class AmbiguousRef(LockError):
    """A branch and a tag have one name, and lead to different commits."""

    exit_code = 20

    def __init__(self, distribution: str, repository: str, ref: str) -> None:
        super().__init__(
            f"{distribution}: {ref!r} is a branch and a tag of {repository}, at different commits",
            f"say which: @refs/heads/{ref} or @refs/tags/{ref}; in a table, branch = ... or tag = ...",
        )
        self.repository, self.ref = repository, ref


class TreeRefused(LockError):
    """A commit, or a folder beside the project, holds what ops0 does not build."""

    exit_code = 28

    def __init__(self, distribution: str, repository: str, fact: str, hint: str) -> None:
        super().__init__(f"{distribution}: {repository}: {fact}", hint)
        self.repository, self.fact = repository, fact
