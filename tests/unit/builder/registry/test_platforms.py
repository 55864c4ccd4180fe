"""One index for a step's images of several platforms."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ops0_builder.oci.values import OCI_INDEX, OCI_MANIFEST, Descriptor, read_index
from ops0_builder.registry.client import Manifest
from ops0_builder.registry.platforms import image_index, platform_fields


def manifest(text: bytes) -> Descriptor:
    return Manifest(media_type=OCI_MANIFEST, data=text).descriptor


def test_its_bytes_are_pinned() -> None:
    index = image_index({"linux/arm64": manifest(b"{}"), "linux/amd64": manifest(b"[]")})
    assert index.media_type == OCI_INDEX
    assert index.digest == "sha256:11bc9aaef61e27956c6d28146b3b5ba2588886976462cf922bfc93bcb100b8d3"
    assert [one["platform"] for one in json.loads(index.data)["manifests"]] == [
        {"architecture": "amd64", "os": "linux"},
        {"architecture": "arm64", "os": "linux"},
    ]
    assert [one.size for one in read_index(index.data)] == [2, 2]


@given(st.permutations(["linux/amd64", "linux/arm64", "linux/arm/v7", "linux/s390x"]))
def test_the_order_of_platforms_does_not_matter(order: list[str]) -> None:
    manifests = {name: manifest(name.encode()) for name in order}
    assert image_index(manifests) == image_index(dict(sorted(manifests.items())))


@pytest.mark.parametrize(
    ("name", "fields"),
    [
        ("linux/arm64", {"os": "linux", "architecture": "arm64"}),
        ("linux/arm/v7", {"os": "linux", "architecture": "arm", "variant": "v7"}),
    ],
)
def test_a_platform_as_an_index_names_it(name: str, fields: dict[str, str]) -> None:
    assert platform_fields(name) == fields
