"""Submodules of a commit: where each stands, where it comes from and at which commit. git's own command runs none."""

from __future__ import annotations

import posixpath
import re
from dataclasses import dataclass
from pathlib import Path

from ops0.core.requirements.places import shown
from ops0.core.requirements.repositories import BadRepository, read_repository
from ops0_builder.lock.git_errors import TreeRefused
from ops0_builder.lock.git_program import Git

_LINK = re.compile(r"160000 (?P<commit>[0-9a-f]{40,64}) 0\t(?P<path>.+)\Z", re.DOTALL)
_SAID = re.compile(r"submodule\.(?P<name>.+)\.(?P<key>path|url)\n(?P<value>.*)\Z", re.DOTALL)
_UNREAD = "\N{REPLACEMENT CHARACTER}"
"""What bytes that are no UTF-8 are read as."""
ASK_AUTHOR = (
    "tell who wrote it; or make a wheel of it yourself, and name that: NAME @ file:wheels/FILE.whl"
)
"""What to do about a repository that is refused."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Submodule:
    """One of them. ``path``: from the top of the tree, POSIX. ``url``: as a requirement's, without a login."""

    path: str
    url: str
    commit: str


def submodules_in(
    name: str, url: str, store: Path, tree: Path, index: Path, git: Git
) -> tuple[Submodule, ...]:
    """Those of a tree that has been written, sorted by path.

    url:    of the repository, which the addresses of submodules may be told from
    raises: TreeRefused for one that nothing says where to get, or that may not be asked
    """
    words = ("--git-dir", str(store), "--work-tree", str(tree), "ls-files", "--stage", "-z")
    listed = git.here(*words, told=url, index=index).out.split("\0")
    links = [found for found in map(_LINK.match, listed) if found is not None]
    if not links:
        return ()
    for one in links:
        if _UNREAD in one["path"]:
            fact = f"the path of its submodule {one['path']} is no UTF-8"
            raise TreeRefused(name, url, fact, ASK_AUTHOR)
    said = _said(tree / ".gitmodules", git, url)
    return tuple(
        Submodule(path=one["path"], url=_url(name, url, one["path"], said), commit=one["commit"])
        for one in sorted(links, key=lambda found: found["path"])
    )


def _said(file: Path, git: Git, url: str) -> dict[str, str]:
    """Path -> address, as ``.gitmodules`` has it."""
    if file.is_symlink() or not file.is_file():
        return {}
    words = ("config", "--file", str(file), "-z", "--get-regexp", r"^submodule\..*\.(path|url)$")
    found: dict[str, dict[str, str]] = {}
    for entry in git.here(*words, told=url).out.split("\0"):
        one = _SAID.match(entry)
        if one is not None:
            found.setdefault(one["name"], {})[one["key"]] = one["value"]
    return {one["path"]: one["url"] for one in found.values() if {"path", "url"} <= one.keys()}


def _url(name: str, parent: str, path: str, said: dict[str, str]) -> str:
    told = said.get(path)
    if told is None:
        raise TreeRefused(
            name, parent, f"nothing says where its submodule {path} comes from", ASK_AUTHOR
        )
    joined = joined_url(parent, told)
    try:
        place = read_repository(shown(f"git+{joined}"))
    except BadRepository as fault:
        raise TreeRefused(name, parent, f"its submodule {path} {fault.fact}", ASK_AUTHOR) from None
    if place.url.startswith("file:") and not parent.startswith("file:"):
        raise TreeRefused(
            name, parent, f"its submodule {path} names a folder of this machine", ASK_AUTHOR
        )
    return place.url


def joined_url(parent: str, told: str) -> str:
    """The address of a submodule, which may be told from its repository's.

    >>> joined_url("https://x.example/team/a.git", "../b.git")
    'https://x.example/team/b.git'
    """
    if not told.startswith(("./", "../")):
        return told
    start, mark, rest = parent.partition("://")
    if not mark:
        return "file:" + posixpath.normpath(posixpath.join(parent.removeprefix("file:"), told))
    host, _, path = rest.partition("/")
    return f"{start}://{host}{posixpath.normpath(posixpath.join('/', path, told))}"
