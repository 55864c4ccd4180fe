"""A bundle that was broken off: what was taken from the engine is not taken again, and only if it is still whole."""

from __future__ import annotations

import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, cast

import pytest

from ops0_builder.bundle import keeping
from ops0_builder.bundle.keeping import GROUP, groups, take_images
from ops0_builder.engine_images import EngineImage
from ops0_builder.oci.layout import blob_path
from ops0_builder.oci.values import Image

from .conftest import Made

ENGINE = cast("Any", None)


@pytest.fixture
def asked(made: Made, monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, ...]]:
    """What the engine was asked for; it gives the images of the sample bundle, and breaks off at the second group."""
    seen: list[tuple[str, ...]] = []

    def export(
        _: object, tags: Sequence[str], folder: Path, __: object = None
    ) -> Mapping[str, Image]:
        seen.append(tuple(tags))
        if len(seen) == 2:
            raise KeyboardInterrupt
        shutil.copytree(made.folder, folder, dirs_exist_ok=True)
        return {tag: made.images[tag] for tag in tags}

    monkeypatch.setattr(keeping, "export_images", export)
    return seen


def images(made: Made, size: int = GROUP) -> dict[str, EngineImage]:
    return {tag: EngineImage(digest=one.root.digest, size=size) for tag, one in made.images.items()}


def take(made: Made, folder: Path) -> Mapping[str, Image]:
    return take_images(ENGINE, images(made), folder, lambda _: None)


def test_the_next_try_takes_only_what_is_missing(
    made: Made, asked: list[tuple[str, ...]], tmp_path: Path
) -> None:
    one, two = made.images
    with pytest.raises(KeyboardInterrupt):
        take(made, tmp_path)
    assert asked == [(one,), (two,)]
    assert take(made, tmp_path) == made.images  # their full names too
    assert asked[2:] == [(two,)]
    assert take(made, tmp_path) == made.images
    assert len(asked) == 3


@pytest.mark.parametrize("damage", ["changed", "short", "gone", "another", "no json"])
def test_what_is_no_longer_whole_is_taken_again(
    made: Made, asked: list[tuple[str, ...]], tmp_path: Path, damage: str
) -> None:
    one, two = made.images
    with pytest.raises(KeyboardInterrupt):
        take(made, tmp_path)
    blob = blob_path(tmp_path, made.images[one].manifests[0].layers[1].digest)
    found = images(made)
    if damage == "changed":
        blob.write_bytes(b"x" * blob.stat().st_size)
    elif damage == "short":
        blob.write_bytes(b"")
    elif damage == "gone":
        blob.unlink()
    elif damage == "another":
        found[one] = EngineImage(digest=f"sha256:{'0' * 64}", size=GROUP)
    else:
        (tmp_path / "kept.json").write_text('{"a": [')
    assert take_images(ENGINE, found, tmp_path, lambda _: None) == made.images
    assert asked[2:] == [(one,), (two,)]


def test_groups_are_as_large_as_may_be() -> None:
    half = GROUP // 2
    sizes = {"a": half, "b": half, "c": 1, "d": 2 * GROUP, "e": 0}
    assert list(groups(sizes)) == [("a", "b"), ("c",), ("d",), ("e",)]
    assert list(groups({})) == []
