"""Requirements that name a place: a folder or file of this machine, a repository of git, an address.

What is locked is the wheel that comes of it. A folder is named from the project's root, ``file:../libs/acme``, so that
the same text is right on another machine; so is a repository on this machine, ``git+file:../acme.git``. A file at an
address, ``https://host/a.whl``, may name its hash.
"""

from __future__ import annotations

import posixpath
import re
from dataclasses import replace
from typing import TYPE_CHECKING

from ops0.core.requirements.file_addresses import FETCH, BadAddress, read_file_address
from ops0.core.requirements.repositories import BadRepository, read_repository, uncoded

if TYPE_CHECKING:
    from packaging.requirements import Requirement

_PLACE = re.compile(r"^([a-z+]+://|file:|git\+|\.{0,2}/|\.{1,2}$|.*\$\{)|\.(whl|zip|tar\.gz)$")
_EGG = re.compile(r"[#&]egg=(?P<name>[A-Za-z0-9._-]+)(?P<extras>\[[^\]]*\])?")
_SUBDIRECTORY = re.compile(r"[#&]subdirectory=(?P<path>[^&]+)")
_UNSAFE = re.compile(r"[^A-Za-z0-9_.~/-]+")
_TOP = "${PROJECT_ROOT}"
_LOGIN = re.compile(r"([a-z+]*)://([^\s/@]*(?:@[^\s/@]*)*)@")
_QUERY = re.compile(r"(?<![A-Za-z0-9+])(https?://[^\s?#]*)\?[^\s#]*")
HINT = FETCH
NAMED = 'write it with its name: "NAME @ file:FOLDER"'
NAMED_FILE = 'write it with its name: "NAME @ https://HOST/PATH/FILE.whl"'
NAMED_GIT = 'write it with its name: "NAME @ git+https://HOST/PATH@REF"'


def is_place(text: str) -> bool:
    """Whether a line that pip reads is a place without a name.

    >>> [is_place(one) for one in ("git+https://x/a.git", "./a", "a-1.0-py3-none-any.whl", "a", "a @ https://x/a.whl")]
    [True, True, True, False, False]
    """
    return _PLACE.search(text) is not None and not has_address(text)


def has_address(text: str) -> bool:
    """Whether a requirement says where its distribution lies, as PEP 508 lets it.

    >>> has_address("a @ https://x/a.whl"), has_address("a>=2")
    (True, False)
    """
    return " @ " in text


def is_git(url: str) -> bool:
    """Whether an address is that of a repository of git."""
    return url.startswith("git+")


def local_path(url: str) -> str | None:
    """The path that an address names on this machine, as it is written; None for any other address.

    >>> local_path("file:///home/me/a%20b"), local_path("file:../a"), local_path("https://x/a.whl")
    ('/home/me/a b', '../a', None)
    """
    if not url.startswith("file:"):
        return None
    told = url.removeprefix("file:").partition("#")[0]
    if told.startswith("//"):
        host, slash, path = told[2:].partition("/")
        told = f"/{path}" if slash and host in ("", "localhost") else told[2:]
    inside = _SUBDIRECTORY.search(url)
    path = posixpath.join(told, inside["path"]) if inside else told
    return uncoded(path)


def file_url(path: str) -> str:
    """The address of a path from the project's root.

    >>> file_url("../a b")
    'file:../a%20b'
    """
    return "file:" + _UNSAFE.sub(
        lambda found: "".join(f"%{one:02X}" for one in found[0].encode()), path
    )


def from_root(path: str, root: str) -> str:
    """A path as seen from the project's root, which is absolute; one that is relative is meant from there.

    >>> from_root("/home/me/libs/a", "/home/me/flow"), from_root("./libs/a/", "/home/me/flow")
    ('../libs/a', 'libs/a')
    """
    path = path.replace(_TOP, root) if root else path
    return (
        posixpath.relpath(path, root or "/") if path.startswith("/") else posixpath.normpath(path)
    )


def settle(requirement: Requirement, root: str) -> None:
    """Write the address of a requirement as it is compared and locked: from the project's root, without a login."""
    if requirement.url is None:
        return
    if is_git(requirement.url):
        requirement.url = _settled(shown(requirement.url), root)
        return
    path = local_path(requirement.url)
    if path is not None:
        requirement.url = file_url(from_root(path, root))
    elif "://" in requirement.url:
        requirement.url = _settled_file(shown(requirement.url))


def _settled_file(url: str) -> str:
    """The address of a file in its one form; as it is where it is none, which whoever locks it says."""
    try:
        return read_file_address(url).address
    except BadAddress:
        return url


def _settled(url: str, root: str) -> str:
    """The address of a repository in its one form; as it is where it is none, which whoever locks it says."""
    try:
        place = read_repository(url)
    except BadRepository:
        return url
    path = local_path(place.url)
    if path is not None:
        place = replace(place, url=file_url(from_root(path, root)))
    return place.address


def shown(text: str) -> str:
    """A requirement or address without user and password: it is told, stored and locked. A user of ssh stays.

    Of the query of a file's address, which may be a login too, nothing but its mark stays.

    >>> shown("a @ git+https://me:secret@x/a.git")
    'a @ git+https://x/a.git'
    >>> shown("git+ssh://git@x/a.git")
    'git+ssh://git@x/a.git'
    """
    return _QUERY.sub(r"\1?", _LOGIN.sub(_without_secret, text))


def _without_secret(found: re.Match[str]) -> str:
    user = found[2].partition(":")[0]
    return f"{found[1]}://{user}@" if found[1].endswith("ssh") else f"{found[1]}://"


def has_login(text: str) -> bool:
    """Whether an address has a user or password that is not told. Of ssh a user alone is none."""
    return _LOGIN.sub(_without_secret, text) != text


def named_by_egg(line: str) -> str | None:
    """A nameless address of a repository as a requirement, where it names its distribution the old way.

    >>> named_by_egg("git+https://x/a.git@v1#egg=a[b]&subdirectory=c")
    'a[b] @ git+https://x/a.git@v1#subdirectory=c'
    """
    found = _EGG.search(line)
    if found is None or not is_git(line):
        return None
    inside = _SUBDIRECTORY.search(line)
    rest = f"#subdirectory={inside['path']}" if inside else ""
    return f"{found['name']}{found['extras'] or ''} @ {line.partition('#')[0]}{rest}"


def named_by_path(line: str) -> str | None:
    """A nameless address of a repository as a requirement by the repository's own name. None where it has none.

    Its wheel must have that name: else nothing is locked.

    >>> named_by_path("git+https://x.example/team/CLIP.git@main ; python_version > '3'")
    "CLIP @ git+https://x.example/team/CLIP.git@main ; python_version > '3'"
    """
    address, blank, marker = line.partition(" ")
    try:
        place = read_repository(shown(address))
    except BadRepository:
        return None
    name = (place.inside or place.url).rstrip("/").rpartition("/")[2].removesuffix(".git")
    named = re.fullmatch(r"[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?", name)
    return f"{name} @ {place.address}{blank}{marker}" if named else None
