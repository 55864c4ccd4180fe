"""A bundle that was broken off: what was taken from the engine is not taken again, and only if it is still whole."""

from __future__ import annotations

import os
import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, cast

import pytest

from ops0_builder.bundle import keeping
from ops0_builder.bundle.errors import BundleUnfit
from ops0_builder.bundle.keeping import GROUP, groups, own_folder, take_images
from ops0_builder.engine.engine_images import EngineImage
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


def test_the_folder_is_this_users_alone(tmp_path: Path) -> None:
    folder = tmp_path / ".x.ops0.parts"
    own_folder(folder)
    assert folder.stat().st_mode & 0o777 == 0o700
    (folder / "kept.json").write_text("{}")
    folder.chmod(0o755)
    own_folder(folder)  # of a try that was broken off
    assert (folder / "kept.json").exists()


@pytest.mark.parametrize(
    ("kind", "fact"),
    [
        ("group", "others can write"),
        ("all", "others can write"),
        ("link", "no folder"),
        ("file", "no folder"),
        ("other", "another user's"),
    ],
)
def test_a_folder_that_somebody_else_may_have_filled_is_not_used(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str, fact: str
) -> None:
    folder = tmp_path / ".x.ops0.parts"
    if kind == "link":
        folder.symlink_to(tmp_path)
    elif kind == "file":
        folder.write_text("")
    else:
        folder.mkdir()
        folder.chmod({"group": 0o775, "all": 0o707}.get(kind, 0o755))
    if kind == "other":
        monkeypatch.setattr(keeping.os, "geteuid", lambda: folder.stat().st_uid + 1)
    with pytest.raises(BundleUnfit, match=fact) as caught:
        own_folder(folder)
    assert caught.value.place == str(folder)


def test_what_lies_where_the_bundle_is_written_first_is_not_written_into(
    made: Made, tmp_path: Path
) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.write_text("mine")
    (tmp_path / f".x.ops0.{os.getpid()}.part").symlink_to(elsewhere)
    made.again(tmp_path / "x.ops0", made.bundle)
    assert elsewhere.read_text() == "mine"
    assert (tmp_path / "x.ops0").read_bytes() == made.path.read_bytes()
    assert sorted(one.name for one in tmp_path.iterdir()) == ["elsewhere", "x.ops0"]
