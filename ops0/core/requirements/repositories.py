"""Addresses of repositories of git among requirements: ``git+https://host/a.git@REF#subdirectory=FOLDER``. Pure.

One form is compared, told and locked: no login, no other word in the fragment, and of a repository on this machine the
path from the project's root, ``git+file:../a.git``.
"""

from __future__ import annotations

import posixpath
import re
from dataclasses import dataclass, replace

from ops0.core.requirements.repository_refs import ref_fault
from ops0.core.unplaced import Unplaced

_SCHEMES = ("https", "ssh", "http", "git", "file")
"""How a repository may be reached. Git knows others, and some of them run a program that the address names."""

_SCP = re.compile(r"(?P<host>(?:[^\s/:@]+@)?[^\s/:@]+):(?P<path>[^\s:][^\s]*)\Z")
_REF = re.compile(
    r"(?P<url>[^@]*://[^/]*/.*|file:.*|(?:[^\s/:@]+@)?[^\s/:@]+:(?!//).*)@(?P<ref>[^@]*)\Z"
)
_COMMIT = re.compile(r"[0-9a-f]{40}([0-9a-f]{24})?\Z")
_PLAIN = re.compile(r"[^A-Za-z0-9_./+-]+")
_CODED = re.compile(r"(?:%[0-9A-Fa-f]{2})+")
_HOST = re.compile(
    r"(?:[^@/]*@)?(?:[A-Za-z0-9_.][A-Za-z0-9_.-]*|\[[0-9A-Fa-f:.]+\])(?::[0-9]{1,5})?\Z"
)
_UNREADABLE = re.compile(r"[\s\x00-\x1f\x7f\\?]")


class BadRepository(Unplaced):
    """An address that names no repository that ops0 would ask."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Repository:
    """A place in a repository.

    url:    as git takes it: ``https://x/a.git``, ``ssh://git@x/a.git``; ``file:../a.git`` from the project's root
    ref:    a branch, tag or commit; "" for what the repository itself takes
    inside: the folder in it that has the distribution, POSIX; "" for the repository itself
    """

    url: str
    ref: str = ""
    inside: str = ""

    @property
    def address(self) -> str:
        """As a requirement names it."""
        at = f"@{_PLAIN.sub(_coded, self.ref)}" if self.ref else ""
        below = f"#subdirectory={_PLAIN.sub(_coded, self.inside)}" if self.inside else ""
        return f"git+{self.url}{at}{below}"

    @property
    def commit(self) -> str | None:
        """The whole name of a commit, where that is what is asked for."""
        told = self.ref.lower()
        return told if _COMMIT.match(told) else None

    @property
    def names(self) -> tuple[str, str]:
        """Equal for two ways to write the same place: with and without ``.git``, in capitals."""
        scheme, _, rest = self.url.partition(":")
        host, slash, path = rest.removeprefix("//").partition("/")
        host = host.rpartition("@")[2].lower() if scheme != "file" else host
        return f"{host}{slash}{path}".rstrip("/").removesuffix(".git"), self.inside


def repository_at(url: str, ref: str = "", inside: str = "") -> Repository:
    """The place that a table names, of which poetry's may be written as ssh's or as a path.

    >>> repository_at("git@x.example:team/a.git", "v1").address
    'git+ssh://git@x.example/team/a.git@v1'
    """
    url = url.removeprefix("git+")
    if "://" not in url and not url.startswith("file:"):
        short = _SCP.match(url)
        url = f"ssh://{short['host']}/{short['path'].lstrip('/')}" if short else f"file:{url}"
    start, mark, path = url.partition("://")
    host, slash, path = path.partition("/")
    url = f"{start}{mark}{host}{slash}{path.replace('@', '%40')}" if mark else url
    return Repository(url=url, ref=ref, inside=inside)


def read_repository(address: str) -> Repository:
    """The place that an address names, as it is written. Raises BadRepository.

    >>> read_repository("git+https://x.example/a.git@feature/b#egg=a&subdirectory=c/")
    Repository(url='https://x.example/a.git', ref='feature/b', inside='c')
    """
    told, _, fragment = address.removeprefix("git+").partition("#")
    found = _REF.match(told)
    url, ref = (found["url"], uncoded(found["ref"])) if found else (told, "")
    said = dict(part.partition("=")[::2] for part in fragment.split("&"))
    inside = _inside(uncoded(said.get("subdirectory", "")))
    _check_form(url)
    place = replace(repository_at(url), ref=ref, inside=inside)
    _check_url(place.url)
    fault = ref_fault(place.ref) if place.ref else None
    if fault is not None:
        raise BadRepository(f"names no branch, tag or commit: {fault}", _WRITE)
    return replace(place, ref=place.commit or place.ref)


_BY = f"name it by one of {', '.join(_SCHEMES)}: git+https://HOST/PATH"
_WRITE = "write it as NAME @ git+https://HOST/PATH@REF#subdirectory=FOLDER"


def _check_form(url: str) -> None:
    if "://" in url or url.startswith("file:") or _SCP.match(url):
        return
    scheme, way, _ = url.partition("::")
    if way:
        raise BadRepository(f"names a repository by {scheme!r}, which is not asked", _BY)
    raise BadRepository("names no host and path that git could ask", _WRITE)


def _check_url(url: str) -> None:
    scheme = url.partition(":")[0]
    if scheme not in _SCHEMES:
        raise BadRepository(f"names a repository by {scheme!r}, which is not asked", _BY)
    if _UNREADABLE.search(url):
        raise BadRepository("has a blank, a backslash or a query in its address", _WRITE)
    if scheme == "file":
        if not url.startswith("file:///") and url.startswith("file://"):
            raise BadRepository("names a folder of another machine", _WRITE)
        return
    host, slash, path = url.partition("://")[2].partition("/")
    if not _HOST.match(host) or host.startswith("-") or not slash or not path:
        raise BadRepository("names no host and path that git could ask", _WRITE)


def _inside(path: str) -> str:
    normal = posixpath.normpath(path) if path else ""
    if normal == ".":
        return ""
    if normal.startswith("/") or normal.split("/")[0] == ".." or _UNREADABLE.search(normal):
        raise BadRepository("names a folder outside of the repository", _WRITE)
    return normal


def uncoded(text: str) -> str:
    """A text with its percent signs read.

    >>> uncoded("a%20b")
    'a b'
    """
    return _CODED.sub(
        lambda found: bytes.fromhex(found[0].replace("%", "")).decode("utf-8", "replace"), text
    )


def _coded(found: re.Match[str]) -> str:
    return "".join(f"%{one:02X}" for one in found[0].encode("utf-8", "surrogatepass"))
