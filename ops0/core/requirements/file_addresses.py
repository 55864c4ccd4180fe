"""Addresses of files among requirements: ``https://host/a-1.0-py3-none-any.whl#sha256=HEX``. Pure.

One form is compared, told and locked: no login, no query, and in the fragment nothing but the hash.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from ops0.core.requirements.repositories import uncoded
from ops0.core.unplaced import Unplaced

_ENDINGS = (".whl", ".tar.gz", ".zip", ".tgz", ".tar.bz2", ".tar.xz")
_URL = re.compile(
    r"(?P<scheme>[a-z][a-z0-9+.-]*)://(?P<host>[A-Za-z0-9_.-]+|\[[0-9A-Fa-f:.]+\])(?::[0-9]{1,5})?"
    r"(?P<path>/[A-Za-z0-9._~%+!&'()*,;=:@/-]+)"
)
"""Of a path what RFC 3986 has there, but for the dollar: pip fills in what is named after one."""
_LOOPBACK = re.compile(r"localhost|127(\.[0-9]{1,3}){3}|\[::1\]")
_FRAGMENT = re.compile(r" @ https?://[^\s#]*#(?:[^\s#]*&)?sha256=([0-9A-Fa-f]{64})(?![^\s&])")
_SHA256 = re.compile(r"[0-9a-f]{64}")
_ARCHIVE = re.compile(r"(?P<name>[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?)-[0-9][^-]*")
_WHEEL = re.compile(r"(?P<name>[A-Za-z0-9](?:[A-Za-z0-9._]*[A-Za-z0-9])?)(?:-[^-]+){4,5}")

WRITE = "write it as NAME @ https://HOST/PATH/FILE.whl#sha256=HEX"
FETCH = (
    "fetch it into the project, `pip download --no-deps --dest wheels ADDRESS`, and name the file in its place: "
    "NAME @ file:wheels/FILE"
)
_LOGIN = (
    "name an address without one; a login goes into ~/.netrc or a keyring, where pip looks for it"
)


class BadAddress(Unplaced):
    """An address of no file that ops0 would fetch."""


@dataclass(frozen=True, kw_only=True, slots=True)
class FileAddress:
    """A wheel or source archive at an address.

    url:    without login and fragment;  sha256: hex, of the file; None where nobody says it
    """

    url: str
    sha256: str | None = None

    @property
    def address(self) -> str:
        """As a requirement names it."""
        return f"{self.url}#sha256={self.sha256}" if self.sha256 else self.url

    @property
    def filename(self) -> str:
        """The last part of the path: ``a-1.0+cpu-py3-none-any.whl``."""
        return uncoded(self.url.rpartition("/")[2])

    @property
    def is_wheel(self) -> bool:
        """Whether it is a wheel; else it is a source archive."""
        return self.filename.endswith(".whl")

    @property
    def named(self) -> str | None:
        """The distribution that the file's name says, as it is written there; None where it says none."""
        ending = next((one for one in _ENDINGS if self.filename.endswith(one)), "")
        form = _WHEEL if self.is_wheel else _ARCHIVE
        found = form.fullmatch(self.filename.removesuffix(ending)) if ending else None
        return None if found is None else found["name"]


def read_file_address(address: str) -> FileAddress:
    """The file that an address without a login names. Raises BadAddress.

    >>> read_file_address("https://x.example/a-1.0.zip#egg=a")
    FileAddress(url='https://x.example/a-1.0.zip', sha256=None)
    """
    url, _, fragment = address.partition("#")
    scheme, _, rest = url.partition("://")
    if scheme not in ("https", "http"):
        raise BadAddress(f"names a file by {scheme!r}, which is not asked", FETCH)
    if "?" in rest:
        raise BadAddress("has a query in its address, which may be a login", _LOGIN)
    parts = _URL.fullmatch(url)
    if parts is None or any(one in (".", "..") for one in uncoded(parts["path"]).split("/")):
        fact = "has something in its address that stands in none, or names no host and file"
        raise BadAddress(fact, f"{WRITE}, other letters by their numbers, as %20")
    found = FileAddress(url=url, sha256=_sha256(fragment))
    if not found.filename.endswith(_ENDINGS) or "/" in found.filename:
        raise BadAddress(
            f"names no wheel and no source archive: its path ends in none of {', '.join(_ENDINGS)}",
            "name the address of the file itself",
        )
    if scheme == "http" and found.sha256 is None and not _LOOPBACK.fullmatch(parts["host"]):
        fact = "is not encrypted and names no sha256: who is on the way can send another file"
        raise BadAddress(fact, "reach it by https, or say which file it is: #sha256=HEX")
    return found


def _sha256(fragment: str) -> str | None:
    said = dict(part.partition("=")[::2] for part in fragment.split("&") if part)
    if "subdirectory" in said:
        raise BadAddress(
            "names a folder in an archive, which is not built by itself",
            "name the repository: NAME @ git+https://HOST/PATH@REF#subdirectory=FOLDER",
        )
    others = sorted(said.keys() - {"sha256", "egg"})
    told = said.get("sha256", "").lower()
    if others or ("sha256" in said and not _SHA256.fullmatch(told)):
        fact = "has something behind its `#` that is no sha256 in hex"
        raise BadAddress(
            fact, "name the file by its sha256, which `pip hash FILE` tells, or leave it out"
        )
    return told or None


def is_file_address(url: str) -> bool:
    """Whether an address is meant to be that of a file elsewhere: neither a repository's, nor of this machine.

    >>> [is_file_address(one) for one in ("https://x/a", "git+https://x/a.git", "file:///a", "a")]
    [True, False, False, False]
    """
    scheme, mark, _ = url.partition("://")
    return bool(mark) and scheme.isalnum() and scheme != "file"


def same_file(first: str, second: str) -> bool:
    """Whether two addresses name one file, of which one may leave its hash out."""
    one, _, hash_of_one = first.partition("#")
    other, _, hash_of_other = second.partition("#")
    if first == second or one != other:
        return first == second
    return is_file_address(one) and "" in (hash_of_one, hash_of_other)


def named_by_file(line: str) -> str | None:
    """A nameless address as a requirement by the name that its file has. None where it has none.

    >>> named_by_file("https://x.example/a_b-1.0-py3-none-any.whl ; python_version > '3'")
    "a_b @ https://x.example/a_b-1.0-py3-none-any.whl ; python_version > '3'"
    """
    url = re.split(r"[?# ]", line, maxsplit=1)[0]
    named = FileAddress(url=url).named
    return f"{named} @ {line}" if named else None


def hashes_in(text: str) -> tuple[str, ...]:
    """The sha256 that the address of a requirement names, if it names one."""
    return tuple(found.lower() for found in _FRAGMENT.findall(text))
