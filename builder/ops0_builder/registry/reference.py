"""Names of what a registry holds: ``HOST[:PORT]/PATH[:TAG][@DIGEST]``. Pure."""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass, replace

from ops0_builder.oci.values import DIGEST
from ops0_builder.registry.errors import BadReference

_HOST = r"(?:[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?(?:\.[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?)*|\[[0-9a-fA-F:]+\])"
_COMPONENT = r"[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*"
TAG = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._-]{0,127}", re.ASCII)
_REFERENCE = re.compile(
    rf"(?P<host>{_HOST}(?::[0-9]{{1,5}})?)/(?P<path>{_COMPONENT}(?:/{_COMPONENT})*)"
    rf"(?::(?P<tag>{TAG.pattern}))?(?:@(?P<digest>{DIGEST.pattern}))?",
    re.ASCII,
)
_LONGEST = 255


@dataclass(frozen=True, kw_only=True, slots=True)
class Reference:
    """A repository of a registry, and what in it is meant.

    host: with its port where one is given;  path: without the host
    tag, digest: "" where none is given;  digest: ``sha256:`` and 64 hex digits
    """

    host: str
    path: str
    tag: str = ""
    digest: str = ""

    @property
    def repository(self) -> str:
        """``host/path``."""
        return f"{self.host}/{self.path}"

    @property
    def target(self) -> str:
        """What a manifest is asked for by: the digest where there is one, else the tag, else ``latest``."""
        return self.digest or self.tag or "latest"

    def pinned(self, digest: str) -> str:
        """``host/path@digest``."""
        return f"{self.repository}@{digest}"

    def tagged(self, tag: str) -> Reference:
        """The same repository with that tag. Raises BadReference."""
        if not TAG.fullmatch(tag):
            fact = "a tag is up to 128 letters, digits, '_', '.' and '-'"
            raise BadReference(tag, fact, "write a tag as v1.4, or as a commit's number")
        return replace(self, tag=tag, digest="")

    def __str__(self) -> str:
        tag = f":{self.tag}" if self.tag else ""
        return f"{self.repository}{tag}{f'@{self.digest}' if self.digest else ''}"


def parse_reference(text: str) -> Reference:
    """Read a reference that names its registry.

    raises: BadReference, also where the first piece is no host (it has neither dot nor port and isn't localhost)
    source: https://pkg.go.dev/github.com/distribution/reference
    """
    found = _REFERENCE.fullmatch(text)
    if found is None:
        raise BadReference(text, _why_none(text))
    host, path = found["host"], found["path"]
    if not (host == "localhost" or "." in host or ":" in host):
        raise BadReference(text, f"{host!r} is no registry's host")
    if len(path) > _LONGEST:
        raise BadReference(text, f"its path has more than {_LONGEST} characters")
    return Reference(host=host, path=path, tag=found["tag"] or "", digest=found["digest"] or "")


def _why_none(text: str) -> str:
    """What keeps a text from being a reference, where one thing does: an address, capital letters."""
    scheme, _, rest = text.rpartition("://")
    if scheme and _REFERENCE.fullmatch(rest):
        return f"a registry is named without {scheme}://"
    host, _, path = text.partition("/")
    if _REFERENCE.fullmatch(f"{host}/{path.lower()}"):
        return "a repository's path has small letters only"
    return "not of the form HOST/PATH, HOST/PATH:TAG or HOST/PATH@sha256:…"


def parse_repository(text: str) -> Reference:
    """Read ``HOST/PATH``. Raises BadReference, also where a tag or a digest follows."""
    reference = parse_reference(text)
    if reference.tag or reference.digest:
        raise BadReference(text, "name the repository alone, without tag or digest")
    return reference


def is_loopback(host: str) -> bool:
    """Whether a host (with or without port) is this machine itself: the only one that plain HTTP is spoken to."""
    name = host.rpartition(":")[0] if re.search(r":[0-9]+$", host.rpartition("]")[2]) else host
    if name == "localhost":
        return True
    try:
        return ipaddress.ip_address(name.strip("[]")).is_loopback
    except ValueError:
        return False
