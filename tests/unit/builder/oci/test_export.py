"""Images out of an engine's archive: what is taken, and what is refused. The archives are made here."""

from __future__ import annotations

import hashlib
import io
import json
import tarfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ops0.host.engine_address import EngineAddress
from ops0.host.engine_socket import EngineSocket
from ops0_builder.oci import export
from ops0_builder.oci.errors import ImagesUnreadable
from ops0_builder.oci.layout import Blob, blob_path, may_be_document, read_image, write_blob
from ops0_builder.oci.values import (
    OCI_INDEX,
    OCI_MANIFEST,
    Descriptor,
    Image,
    NotOci,
    read_descriptor,
    read_index,
    read_manifest,
)

ENGINE = EngineSocket(EngineAddress(text="unix:///none", socket="/none"))
NAMED = "io.containerd.image.name"


def digest(data: bytes) -> str:
    return f"sha256:{hashlib.sha256(data).hexdigest()}"


def told(kind: str, data: bytes, **notes: str) -> dict[str, Any]:
    plain = {"mediaType": kind, "digest": digest(data), "size": len(data)}
    return {**plain, "annotations": notes} if notes else plain


class Made:
    """One image of two layers, as files of an archive."""

    def __init__(self, name: str, reference: str, *, base: bytes = b"base") -> None:
        self.layers = (base, name.encode())
        self.config = json.dumps({"name": name}).encode()
        self.manifest = json.dumps(
            {
                "schemaVersion": 2,
                "config": told("config", self.config),
                "layers": [told("layer", one) for one in self.layers],
            }
        ).encode()
        self.entry = told(OCI_MANIFEST, self.manifest, **{NAMED: f"registry.invalid/{reference}"})
        self.blobs = [*self.layers, self.config, self.manifest]


def archive(entries: Sequence[Any], blobs: Sequence[bytes], **others: bytes) -> bytes:
    index = json.dumps({"schemaVersion": 2, "manifests": list(entries)}).encode()
    files: Mapping[str, bytes] = {
        **{f"blobs/sha256/{digest(one)[7:]}": one for one in blobs},
        **others,
        "index.json": index,
    }
    raw = io.BytesIO()
    with tarfile.open(fileobj=raw, mode="w") as made:
        for name, data in files.items():
            member = tarfile.TarInfo(name)
            member.size = len(data)
            made.addfile(member, io.BytesIO(data))
    return raw.getvalue()


def exported(
    monkeypatch: pytest.MonkeyPatch, raw: bytes, references: Sequence[str], folder: Path
) -> Mapping[str, Image]:
    answer_with(monkeypatch, raw)
    return export.export_images(ENGINE, references, folder)


def answer_with(monkeypatch: pytest.MonkeyPatch, raw: bytes) -> None:
    @contextmanager
    def answer(*_: object) -> Iterator[io.BytesIO]:
        yield io.BytesIO(raw)

    monkeypatch.setattr(export, "download", answer)


def test_each_image_has_its_own_manifest_and_each_blob_is_there_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    one, two = Made("one", "p/one:1"), Made("two", "p/two:1")
    raw = archive([one.entry, two.entry], [*one.blobs, *two.blobs])
    images = exported(monkeypatch, raw, ["p/one:1", "p/two:1"], tmp_path)
    assert images["p/one:1"].root.digest == digest(one.manifest)
    assert images["p/two:1"].root.digest == digest(two.manifest)
    manifest = images["p/two:1"].manifests[0]
    assert [layer.digest for layer in manifest.layers] == [digest(b"base"), digest(b"two")]
    assert len(list((tmp_path / "blobs/sha256").iterdir())) == 7
    assert blob_path(tmp_path, digest(b"two")).read_bytes() == b"two"
    index = json.loads((tmp_path / "index.json").read_bytes())
    assert [entry["digest"] for entry in index["manifests"]] == [
        digest(one.manifest),
        digest(two.manifest),
    ]
    assert [blob.digest for blob in images["p/one:1"].blobs][-1] == digest(one.manifest)


def test_a_large_blob_that_nobody_wants_is_not_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(export, "LARGEST_DOCUMENT", 2000)
    layer = b"l" * 2001
    image = Made("one", "p/one:1", base=layer)
    answer_with(monkeypatch, archive([image.entry], image.blobs))
    asked: list[Blob] = []

    def wanted(blob: Blob) -> bool:
        asked.append(blob)
        return False

    taken = export.Export(ENGINE, ["p/one:1"], tmp_path)
    came = list(taken.blobs(wanted=wanted))
    assert asked == [Blob(digest(layer), 2001)]
    assert asked[0] not in came
    assert not blob_path(tmp_path, digest(layer)).exists()
    assert asked[0].digest in [one.digest for one in taken.images()["p/one:1"].blobs]


def test_an_index_brings_all_its_manifests(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    image = Made("one", "p/one:1")
    index = json.dumps(
        {"schemaVersion": 2, "manifests": [told(OCI_MANIFEST, image.manifest)]}
    ).encode()
    raw = archive([told(OCI_INDEX, index, **{NAMED: "p/one:1"})], [*image.blobs, index])
    found = exported(monkeypatch, raw, ["p/one:1"], tmp_path)["p/one:1"]
    assert found.root.digest == digest(index)
    assert [one.descriptor.digest for one in found.manifests] == [digest(image.manifest)]
    assert found.blobs[-1].digest == digest(index)


def test_without_its_name_an_image_is_known_by_the_config_of_its_tag(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    one, two = Made("one", ""), Made("two", "")
    entries = [
        told(OCI_MANIFEST, made.manifest, **{"config.digest": digest(made.config)})
        for made in (one, two)
    ]
    tags = [{"Config": f"blobs/sha256/{digest(two.config)[7:]}", "RepoTags": ["p/two:1"]}]
    raw = archive(entries, [*one.blobs, *two.blobs], **{"manifest.json": json.dumps(tags).encode()})
    found = exported(monkeypatch, raw, ["p/two:1"], tmp_path)
    assert found["p/two:1"].root.digest == digest(two.manifest)


@pytest.mark.parametrize(
    ("drop", "fact"), [(0, "is not there"), (1, "is not there"), (2, "is not there"), (3, "there")]
)
def test_a_missing_blob_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, drop: int, fact: str
) -> None:
    one = Made("one", "p/one:1")
    raw = archive([one.entry], [blob for at, blob in enumerate(one.blobs) if at != drop])
    with pytest.raises(ImagesUnreadable, match=fact):
        exported(monkeypatch, raw, ["p/one:1"], tmp_path)


def test_a_blob_with_another_digest_is_refused_and_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = Made("one", "p/one:1")
    raw = archive([one.entry], one.blobs).replace(b"base", b"bess")
    with pytest.raises(ImagesUnreadable, match="has the digest"):
        exported(monkeypatch, raw, ["p/one:1"], tmp_path)
    assert list((tmp_path / "blobs/sha256").iterdir()) == []


def test_an_archive_that_breaks_off_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = Made("one", "p/one:1")
    raw = archive([one.entry], one.blobs)
    with pytest.raises(ImagesUnreadable, match="cannot be used"):
        exported(monkeypatch, raw[: 512 + 2], ["p/one:1"], tmp_path)


def test_two_images_of_one_name_are_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    one, two = Made("one", "p/one:1"), Made("two", "p/one:1")
    raw = archive([one.entry, two.entry], [*one.blobs, *two.blobs])
    with pytest.raises(ImagesUnreadable, match="2 images"):
        exported(monkeypatch, raw, ["p/one:1"], tmp_path)


def test_layers_may_go_as_they_come_and_documents_are_told_from_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = Made("one", "p/one:1")
    answer_with(monkeypatch, archive([one.entry], one.blobs))
    coming = export.Export(ENGINE, ["p/one:1"], tmp_path)
    layers = []
    for blob in coming.blobs():
        if not may_be_document(tmp_path, blob):
            layers.append(blob.digest)
            blob_path(tmp_path, blob.digest).unlink()
    assert layers == [digest(one) for one in one.layers]
    (image,) = coming.images().values()
    assert [layer.digest for layer in image.manifests[0].layers] == layers


def test_a_layer_that_never_came_is_missed_though_others_have_gone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = Made("one", "p/one:1")
    answer_with(monkeypatch, archive([one.entry], one.blobs[1:]))
    coming = export.Export(ENGINE, ["p/one:1"], tmp_path)
    for _ in coming.blobs():
        pass
    with pytest.raises(ImagesUnreadable, match="is not there"):
        coming.images()


def test_who_watches_can_end_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    one = Made("one", "p/one:1")
    answer_with(monkeypatch, archive([one.entry], one.blobs))

    def end() -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        list(export.Export(ENGINE, ["p/one:1"], tmp_path).blobs(end))
    assert list(tmp_path.rglob("*.part")) == []


def test_a_size_that_is_not_the_blobs_own_is_refused(tmp_path: Path) -> None:
    write_blob(tmp_path, digest(b"base"), io.BytesIO(b"base"))
    root = Descriptor(media_type=OCI_MANIFEST, digest=digest(b"base"), size=5)
    with pytest.raises(NotOci, match="has 4 bytes, not 5"):
        read_image(tmp_path, "p:1", root)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                ["schemaVersion", "manifests", "layers", "config", "digest", "size", "mediaType"]
            ),
            inner,
            max_size=4,
        )
    ),
    max_leaves=12,
)


@given(JSON)
def test_any_document_is_read_or_refused(value: Any) -> None:
    data = json.dumps(value).encode()
    root = Descriptor(media_type=OCI_MANIFEST, digest=digest(data), size=len(data))
    with suppress(NotOci):
        read_manifest(root, data)
    with suppress(NotOci):
        read_index(data)
    with suppress(NotOci):
        assert read_descriptor(value).json()["digest"] == value["digest"]
