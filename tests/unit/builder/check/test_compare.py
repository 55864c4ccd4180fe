"""What differs between two images, as values."""

from __future__ import annotations

import dataclasses
import io
import json
import tarfile
from pathlib import Path

import pytest

from ops0_builder.check.compare import (
    Aspect,
    Difference,
    Entry,
    LayerFiles,
    configuration_differences,
    entry_aspects,
    layer_differences,
    layer_titles,
)
from ops0_builder.check.saved import SavedImages

FILE = Entry(kind="file", content="aa", size=3, mode=0o644, mtime=1_700_000_000)


def layer(**entries: Entry) -> LayerFiles:
    return LayerFiles(diff_id="sha256:" + "".join(sorted(entries)), entries=entries)


@pytest.mark.parametrize(
    ("changed", "aspect"),
    [
        ({"content": "bb", "size": 4}, ("bytes", "3 bytes, sha256:aa", "4 bytes, sha256:bb")),
        ({"mode": 0o755}, ("mode", "0644", "0755")),
        ({"owner": "5:6"}, ("owner", "0:0", "5:6")),
        ({"mtime": 0}, ("mtime", "2023-11-14T22:13:20Z", "1970-01-01T00:00:00Z")),
        ({"attributes": (("user.a", "b"),)}, ("attributes", "", "user.a=b")),
        ({"kind": "symbolic link"}, ("kind", "file", "symbolic link")),
    ],
)
def test_each_aspect_of_an_entry_is_told(changed, aspect) -> None:
    found = tuple(entry_aspects(FILE, dataclasses.replace(FILE, **changed)))
    assert [(one.what, one.first, one.second) for one in found] == [aspect]
    assert tuple(entry_aspects(FILE, FILE)) == ()


def test_where_a_link_leads_is_its_target() -> None:
    link = Entry(kind="symbolic link", content="a")
    (found,) = entry_aspects(link, dataclasses.replace(link, content="b"))
    assert (found.what, found.first, found.second) == ("target", "a", "b")


def test_a_path_of_one_side_only_is_told() -> None:
    found = layer_differences("alpha 1", layer(a=FILE), layer(a=FILE, b=FILE))
    assert found == (
        Difference(
            layer="alpha 1",
            path="b",
            aspects=(Aspect(what="presence", first="absent", second="file"),),
        ),
    )


def test_equal_entries_in_another_order_or_packing_are_told_of_the_layer() -> None:
    (order,) = layer_differences("x", layer(a=FILE, b=FILE), layer(b=FILE, a=FILE))
    assert (order.path, order.aspects[0].what) == ("", "order")
    assert (order.aspects[0].first, order.aspects[0].second) == ("a", "b")
    (packing,) = layer_differences("x", layer(a=FILE), layer(a=FILE))
    assert packing.aspects[0].what == "packing"


def test_configurations_are_compared_by_path_but_for_layers() -> None:
    one = {"created": "x", "rootfs": {"diff_ids": ["1"]}, "config": {"Labels": {"a": "1"}}}
    other = {
        "created": "y",
        "rootfs": {"diff_ids": ["2"]},
        "config": {"Labels": {}, "Env": ["P=1"]},
    }
    told = {
        found.path: (found.aspects[0].first, found.aspects[0].second)
        for found in configuration_differences(one, other)
    }
    assert told == {
        "created": ("x", "y"),
        "config.Labels.a": ("1", "absent"),
        "config.Env.0": ("absent", "P=1"),
    }


def test_titles_belong_to_the_uppermost_layers() -> None:
    assert layer_titles(4, ["numpy 2", "runner"]) == (
        "base, layer 1",
        "base, layer 2",
        "numpy 2",
        "runner",
    )


@pytest.mark.parametrize("packed", ["w", "w:gz"])
def test_layers_are_read_from_a_saved_image(tmp_path: Path, packed: str) -> None:
    content = io.BytesIO()
    with tarfile.open(fileobj=content, mode=packed) as archive:
        folder = tarfile.TarInfo("ops0/")
        folder.type, folder.mode = tarfile.DIRTYPE, 0o755
        archive.addfile(folder)
        file = tarfile.TarInfo("ops0/a")
        file.size, file.mtime, file.uid = 5, 7, 3
        file.pax_headers = {"SCHILY.xattr.user.k": "v"}
        archive.addfile(file, io.BytesIO(b"hello"))
        link = tarfile.TarInfo("ops0/b")
        link.type, link.linkname = tarfile.SYMTYPE, "a"
        archive.addfile(link)
    manifest = [{"Config": "c.json", "RepoTags": ["x:1"], "Layers": ["blobs/l"]}]
    files = {
        "manifest.json": json.dumps(manifest).encode(),
        "c.json": json.dumps({"rootfs": {"diff_ids": ["sha256:d"]}}).encode(),
        "blobs/l": content.getvalue(),
    }
    with tarfile.open(tmp_path / "images.tar", "w") as archive:
        for name, data in files.items():
            member = tarfile.TarInfo(name)
            member.size = len(data)
            archive.addfile(member, io.BytesIO(data))
    with tarfile.open(tmp_path / "images.tar") as archive:
        images = SavedImages(archive)
        read = images.layer(images.image("x:1"), 0)
    assert read.diff_id == "sha256:d"
    assert list(read.entries) == ["ops0", "ops0/a", "ops0/b"]
    assert read.entries["ops0"].kind == "folder"
    assert read.entries["ops0/b"].content == "a"
    hello = "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824"
    assert read.entries["ops0/a"] == Entry(
        kind="file",
        content=hello,
        size=5,
        mode=0o644,
        owner="3:0",
        mtime=7,
        attributes=(("user.k", "v"),),
    )
