"""A small bundle: two steps, one layer shared. Its images are bytes made here; no engine knows them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from io import BytesIO
from pathlib import Path
from typing import Any

import handmade
import pytest

from ops0.core.digest import sha256
from ops0.core.locked import Lock, LockedDistribution, LockedFile, StepLock, Target
from ops0.core.pipeline import CallId, FromCall, FromParam, Pipeline, Step, StepName, Where
from ops0_builder.bundle.values import Bundle, BundledImage
from ops0_builder.bundle.writing import write_bundle
from ops0_builder.oci.layout import read_image, write_blob
from ops0_builder.oci.values import OCI_MANIFEST, Image, read_descriptor

HERE = Where("flow.py", 3)
TARGET = Target(python="3.11")


@dataclass(frozen=True)
class Made:
    """A bundle's file and what it was made of."""

    path: Path
    bundle: Bundle
    images: Mapping[str, Image]
    locks: Mapping[str, bytes]
    folder: Path
    digest: str

    def again(self, path: Path, bundle: Bundle) -> str:
        return write_bundle(path, bundle, self.images, self.locks, self.folder)


def a_step(name: str, **options: Any) -> Step:
    return handmade.a_step(name, module="flow", where=HERE, returns="int", **options)


def a_pipeline() -> Pipeline:
    count = FromParam(param="count", required=False, default={"a": [1, None, 0.5]})
    one = FromCall(call=CallId("one"), rule="named")
    return handmade.a_pipeline(
        (a_step("one"), a_step("two", memory=10**9)),
        [
            handmade.a_call("one", where=HERE, count=count),
            handmade.a_call("two", where=HERE, one=one),
        ],
        entry="flow.py",
        explicit=False,
    )


def a_lock() -> Lock:
    wheel = LockedFile(filename="dist-1.0-py3-none-any.whl", sha256="c" * 64, size=1000)
    dist = LockedDistribution(name="dist", version="1.0", wheel=wheel)
    locks = tuple(
        StepLock(step=StepName(name), target=TARGET, distributions=(dist,), digest="d" * 64)
        for name in ("one", "two")
    )
    return Lock(inputs="e" * 64, steps=locks)


def put(folder: Path, kind: str, data: bytes) -> dict[str, Any]:
    digest = f"sha256:{sha256(data)}"
    write_blob(folder, digest, BytesIO(data))
    return {"mediaType": kind, "digest": digest, "size": len(data)}


def an_image(folder: Path, name: str, tag: str, base: bytes) -> Image:
    manifest = {
        "schemaVersion": 2,
        "mediaType": OCI_MANIFEST,
        "config": put(folder, "config", json.dumps({"name": name}).encode()),
        "layers": [put(folder, "layer", base), put(folder, "layer", name.encode())],
    }
    root = read_descriptor(put(folder, OCI_MANIFEST, json.dumps(manifest).encode()))
    full = {"io.containerd.image.name": f"registry.invalid/{tag}"}
    return read_image(folder, tag, replace(root, annotations=full))


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Made:
    return make(tmp_path_factory.mktemp("layout"), tmp_path_factory.mktemp("bundle"))


def make(folder: Path, beside: Path, base: bytes = b"base" * 300) -> Made:
    """A bundle in one folder of images whose blobs are in another, and whose first layer is ``base``."""
    tags = {
        name: f"ops0-bundle/flow/{name}:{'0' * 15}{at}" for at, name in enumerate(("one", "two"))
    }
    images = {tag: an_image(folder, name, tag, base) for name, tag in tags.items()}
    bundled = tuple(
        BundledImage(
            step=StepName(name), tag=tag, digest=images[tag].root.digest, key="f" * 64, base="b"
        )
        for name, tag in tags.items()
    )
    bundle = Bundle(ops0="0.1.0", pipeline=a_pipeline(), images=bundled, lock=a_lock())
    locks = {"pylock.two.toml": b"two = 2\n", "pylock.one.toml": b"one = 1\n"}
    path = beside / "flow.ops0"
    digest = write_bundle(path, bundle, images, locks, folder)
    return Made(path, bundle, images, locks, folder, digest)
