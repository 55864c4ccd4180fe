"""One repository of a registry: manifests, blobs and tags.

source: https://github.com/opencontainers/distribution-spec/blob/v1.1.1/spec.md
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from threading import Lock
from urllib.parse import urlsplit

from ops0.core.digest import sha256
from ops0.core.errors import RegistryError
from ops0_builder.oci.values import (
    DIGEST,
    DOCKER_INDEX,
    DOCKER_MANIFEST,
    OCI_INDEX,
    OCI_MANIFEST,
    Descriptor,
)
from ops0_builder.registry.answers import Answer, place_of
from ops0_builder.registry.body import Body
from ops0_builder.registry.credentials import read_credentials
from ops0_builder.registry.docker_hub import path_of
from ops0_builder.registry.errors import DigestMismatch, NotInRegistry, RegistryRefused
from ops0_builder.registry.patience import Patience, Transient
from ops0_builder.registry.reference import Reference
from ops0_builder.registry.transport import Transport

_KINDS = (OCI_MANIFEST, OCI_INDEX, DOCKER_MANIFEST, DOCKER_INDEX)
_ACCEPT = {"Accept": ", ".join(_KINDS)}
_UPLOADS = "blobs/uploads/"
_EMPTY = {"Content-Length": "0"}
_PAGE = 1000
_MOST_PAGES = 1000


@dataclass(frozen=True, kw_only=True, slots=True)
class Manifest:
    """A manifest as it is stored: ``digest`` is that of ``data``, whatever the registry says."""

    media_type: str
    data: bytes

    @property
    def digest(self) -> str:
        """``sha256:…``."""
        return f"sha256:{sha256(self.data)}"

    @property
    def descriptor(self) -> Descriptor:
        """As an index names it."""
        return Descriptor(media_type=self.media_type, digest=self.digest, size=len(self.data))


class Repository:
    """One repository. Threads may share it. Every method raises RegistryError's kinds, and Stopped once stopped."""

    def __init__(self, reference: Reference, transport: Transport, *, write: bool) -> None:
        self.reference, self.transport = reference, transport
        self._placing: dict[str, Lock] = {}
        self._placed: set[str] = set()
        self._keeps_lists = True
        self._path = path_of(reference.host, reference.path)
        self._scope = f"repository:{self._path}:{'pull,push' if write else 'pull'}"

    def check_write(self) -> None:
        """Begin an upload and give it up: only so does a registry tell who may not write.

        raises: RegistryForbidden; RegistryError's other kinds
        """
        begun = self._ask("POST", _UPLOADS, headers=_EMPTY)
        place = place_of(self.reference.host, f"POST {_UPLOADS}", begun)
        # Left to itself it is forgotten, so where that is refused nothing is lost.
        with suppress(Transient, RegistryError):
            self.transport.attempt("DELETE", place, scope=self._scope)

    def digest_of(self, target: str) -> str | None:
        """The digest that a tag or digest stands for, by the registry's word; None where it has none."""
        answer = self._ask("HEAD", f"manifests/{target}", headers=_ACCEPT, accept=(404,))
        if answer.status == 404:
            return None
        told = _told_digest(answer)
        if told is not None:
            self._compare(target, target if DIGEST.fullmatch(target) else told, told)
            return told
        manifest = self.manifest(target)  # the header is only recommended
        return None if manifest is None else manifest.digest

    def manifest(self, target: str) -> Manifest | None:
        """A manifest, hashed here.

        raises: DigestMismatch where other bytes came than were asked for, or than the answer says;
                RegistryRefused for what is no manifest
        """
        answer = self._ask("GET", f"manifests/{target}", headers=_ACCEPT, accept=(404,))
        if answer.status == 404:
            return None
        kind = answer.headers.get("content-type", OCI_MANIFEST).partition(";")[0].strip()
        if kind not in _KINDS:
            fact = f"it answers with {kind[:100]!r}, which is no manifest"
            raise RegistryRefused(
                self.reference.host, f"GET manifests/{target}", answer.status, fact
            )
        manifest = Manifest(media_type=kind, data=answer.body)
        wanted = target if DIGEST.fullmatch(target) else _told_digest(answer) or manifest.digest
        self._compare(target, wanted, manifest.digest)
        return manifest

    def put_manifest(self, target: str, manifest: Manifest) -> Mapping[str, str]:
        """Store a manifest under a tag or its digest, read it back, and compare; gives the headers of the answer.

        raises: DigestMismatch
        """
        headers = {"Content-Type": manifest.media_type}
        answer = self._ask("PUT", f"manifests/{target}", headers=headers, body=manifest.data)
        back = self.manifest(target)
        if back is None:
            raise NotInRegistry(self._name(target))
        self._compare(target, manifest.digest, back.digest)
        return answer.headers

    def _compare(self, target: str, wanted: str, found: str) -> None:
        if found != wanted:
            raise DigestMismatch(self._name(target), wanted, found)

    def _name(self, target: str) -> str:
        return f"{self.reference.repository}{'@' if DIGEST.fullmatch(target) else ':'}{target}"

    def has_blob(self, digest: str) -> bool:
        """Whether the repository holds a blob."""
        return self._ask("HEAD", f"blobs/{digest}", accept=(404,)).status != 404

    def blob(self, digest: str) -> bytes:
        """A small blob, checked. Raises NotInRegistry, DigestMismatch."""
        answer = self._ask("GET", f"blobs/{digest}", accept=(404,))
        if answer.status == 404:
            raise NotInRegistry(self.reference.pinned(digest))
        self._compare(digest, digest, f"sha256:{sha256(answer.body)}")
        return answer.body

    def put_blob(self, digest: str, body: Body) -> None:
        """Upload a blob in one piece; a failed upload begins anew, for nobody knows how much of it arrived."""
        self.transport.patiently(f"blob {digest[:19]}", partial(self._upload, digest, body))

    def put_missing_blob(self, digest: str, body: Body) -> None:
        """Upload a blob where it is not there yet, the same one by one thread at a time.

        Docker's registry writes a blob's link anew for each upload, and who reads it just then finds it empty.
        """
        with self._placing.setdefault(digest, Lock()):
            if digest not in self._placed and not self.has_blob(digest):
                self.put_blob(digest, body)
            self._placed.add(digest)

    def tags(self) -> tuple[str, ...]:
        """All tags, sorted; () for a repository that is not there."""
        found: list[str] = []
        for answer in self._pages(f"tags/list?n={_PAGE}"):
            found += self._listed(answer)
        return tuple(sorted(set(found)))

    def _listed(self, answer: Answer) -> list[str]:
        try:
            return [str(tag) for tag in answer.json().get("tags") or ()]
        except (ValueError, AttributeError, TypeError):
            raise RegistryRefused(
                self.reference.host, "GET tags", answer.status, "its answer is no list of tags"
            ) from None

    def referrers(self, digest: str) -> tuple[Manifest, ...] | None:
        """The pages of the list of what is about an image; None for a registry that keeps none, which is asked once."""
        if not self._keeps_lists:
            return None
        pages = self._pages(f"referrers/{digest}", {"Accept": OCI_INDEX})
        found = tuple(Manifest(media_type=OCI_INDEX, data=one.body) for one in pages)
        # Of an image without any, one that keeps lists gives an empty one.
        self._keeps_lists = bool(found)
        return found or None

    def _pages(self, path: str, headers: dict[str, str] | None = None) -> Iterator[Answer]:
        """The pages of a list; none where there is no such list. source: RFC 5988."""
        asked = set[str]()
        page = path
        while page:
            if page in asked or len(asked) == _MOST_PAGES:
                fact = "its list has no end"
                raise RegistryRefused(self.reference.host, f"GET {path}", 200, fact)
            asked.add(page)
            answer = self._ask("GET", page, headers=headers, accept=(404,))
            if answer.status == 404:
                return
            yield answer
            link = answer.headers.get("link", "")
            query = link.partition("<")[2].partition(">")[0].partition("?")[2]
            page = f"{path.partition('?')[0]}?{query}" if 'rel="next"' in link else ""

    def _upload(self, digest: str, body: Body) -> Answer:
        ask = partial(self.transport.attempt, scope=self._scope)
        uploads = f"{self._path}/{_UPLOADS}"
        begun = ask("POST", uploads, headers=_EMPTY)
        place = place_of(self.reference.host, f"POST {uploads}", begun)
        joint = "&" if urlsplit(place).query else "?"
        headers = {"Content-Type": "application/octet-stream"}
        url = f"{place}{joint}digest={digest}"
        answer = ask("PUT", url, headers=headers, body=body, accept=(404, 416))
        if answer.status in (404, 416):
            raise Transient("the registry lost the upload")
        self._compare(digest, digest, _told_digest(answer) or digest)
        return answer

    def _ask(
        self,
        method: str,
        path: str,
        *,
        headers: dict[str, str] | None = None,
        body: bytes | None = None,
        accept: tuple[int, ...] = (),
    ) -> Answer:
        return self.transport.request(
            method,
            f"{self._path}/{path}",
            scope=self._scope,
            headers=headers,
            body=body,
            accept=accept,
        )


def _told_digest(answer: Answer) -> str | None:
    """The digest that an answer says of itself, which is only recommended."""
    told = answer.headers.get("docker-content-digest", "")
    return told if DIGEST.fullmatch(told) else None


def open_repository(
    reference: Reference, *, write: bool, patience: Patience | None = None
) -> Repository:
    """A repository with the user's own credentials; nothing is asked yet. Raises CredentialsUnusable."""
    credentials = read_credentials(reference.host)
    transport = Transport(reference.host, credentials, patience or Patience())
    return Repository(reference, transport, write=write)
