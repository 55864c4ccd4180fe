"""Documents about images: in Debian's docker-registry, which keeps no list of them, and in one that does."""

from __future__ import annotations

import json

import pytest
from registries.attached import attached
from registries.needs import needs_registry
from registries.proxy import FaultProxy, Handler

from ops0_builder.oci.values import OCI_INDEX
from ops0_builder.registry.artifacts import put_artifact
from ops0_builder.registry.client import Repository, open_repository
from ops0_builder.registry.errors import NotInRegistry, RegistryRefused
from ops0_builder.registry.reference import parse_repository
from ops0_builder.registry.referrers import Attachment, attach, fallback_tag, referrers

pytestmark = needs_registry
SBOM = Attachment(media_type="application/vnd.cyclonedx+json", data=b'{"a": 1}')
MADE = Attachment(
    media_type="application/vnd.in-toto+json", data=b"{}", annotations={"of": "x", "by": "y"}
)


@pytest.fixture
def image(proxy: FaultProxy) -> tuple[Repository, str]:
    """A repository and the digest of what stands for an image there."""
    name = f"{proxy.host}/team/flow"
    digest = put_artifact(f"{name}:one", "application/vnd.ops0.test", b"an image")
    return open_repository(parse_repository(name), write=True), digest


def test_documents_go_and_come(image: tuple[Repository, str], proxy: FaultProxy) -> None:
    there, subject = image
    assert referrers(there, subject) == ()
    first = list(attach(there, subject, (SBOM, MADE)))
    found = referrers(there, subject)
    assert [one.digest for one in found] == first
    assert [(one.artifact_type, one.annotations) for one in found] == [
        (SBOM.media_type, {}),
        (MADE.media_type, MADE.annotations),
    ]
    assert [attached(there, one) for one in found] == [SBOM.data, MADE.data]
    proxy.seen.clear()
    assert list(attach(there, subject, (SBOM, MADE))) == first
    assert {method for method, _ in proxy.seen} == {"GET"}  # what is there is not sent again
    assert proxy.count("GET", "referrers") == 0  # it has said once that it keeps no lists
    assert proxy.count("GET", "manifests") == 2  # the image and its list, for both


def test_the_manifest_and_the_list_are_those_of_the_specification(
    image: tuple[Repository, str],
) -> None:
    there, subject = image
    (digest,) = attach(there, subject, [MADE])
    kept = there.manifest(digest)
    whole = there.manifest(subject)
    index = there.manifest(fallback_tag(subject))
    assert kept is not None
    assert whole is not None
    assert index is not None
    told = json.loads(kept.data)
    assert told["artifactType"] == MADE.media_type
    assert told["subject"] == {
        "mediaType": whole.media_type,
        "digest": subject,
        "size": len(whole.data),
    }
    assert index.media_type == OCI_INDEX
    assert json.loads(index.data)["manifests"] == [
        {
            "mediaType": kept.media_type,
            "digest": digest,
            "size": len(kept.data),
            "artifactType": MADE.media_type,
            "annotations": MADE.annotations,
        }
    ]


def test_a_registry_that_keeps_the_list(image: tuple[Repository, str], proxy: FaultProxy) -> None:
    there, subject = image
    kept = [
        {"mediaType": "m", "digest": "sha256:" + n * 64, "artifactType": f"a/{n}"} for n in "12"
    ]

    def takes(handler: Handler) -> bool:
        def told(headers: dict[str, str], body: bytes) -> bytes:
            headers["OCI-Subject"] = subject
            return body

        handler.forward(told)
        return True

    def listed(handler: Handler) -> bool:
        second = "page=2" in handler.path
        body = json.dumps({"schemaVersion": 2, "manifests": [kept[second]]}).encode()
        handler.send_response(200)
        if not second:
            handler.send_header("Link", f'<{handler.path}?page=2>; rel="next"')
        handler.send_header("Content-Length", str(len(body)))
        handler.end_headers()
        handler.wfile.write(body)
        return True

    proxy.plant("PUT", "manifests", takes, times=99)
    proxy.plant("GET", "referrers", listed, times=99)
    (digest,) = attach(there, subject, [SBOM])
    assert there.manifest(digest) is not None
    assert there.manifest(fallback_tag(subject)) is None  # the registry has listed it
    assert [one.artifact_type for one in referrers(there, subject)] == ["a/1", "a/2"]


def test_an_image_that_is_not_there(image: tuple[Repository, str]) -> None:
    with pytest.raises(NotInRegistry):
        attach(image[0], "sha256:" + "0" * 64, [SBOM])


def test_a_tag_that_holds_something_else_is_not_overwritten(
    image: tuple[Repository, str], proxy: FaultProxy
) -> None:
    there, subject = image
    put_artifact(f"{proxy.host}/team/flow:{fallback_tag(subject)}", "a/b", b"no list")
    with pytest.raises(RegistryRefused, match="list of referrers"):
        attach(there, subject, [SBOM])
