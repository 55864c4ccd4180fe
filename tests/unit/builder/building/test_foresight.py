"""What is kept of the last build's tags: a guess that may be missing or broken."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from ops0.core.plan import Plan
from ops0.core.project_files import MemorySource
from ops0_builder.building.foresight import (
    foreseen,
    foresight_file,
    keep_foresight,
    last_tags,
)
from ops0_builder.engine.engine_images import EngineImage
from ops0_builder.planning.plan import make_plan
from ops0_builder.planning.runner_files import RunnerFiles


@pytest.fixture
def a_plan(make: Any) -> Plan:
    load, train = make.step("load"), make.step("train")
    return make_plan(
        make.pipeline(load, train),
        make.lock(load=(), train=()),
        {load.name: make.base(), train.name: make.base()},
        source=MemorySource(),
        runner=RunnerFiles({"ops0_runner/__init__.py": b""}),
    )


def test_what_is_kept_is_foreseen(a_plan: Plan, tmp_path: Path) -> None:
    file = foresight_file(tmp_path, Path("/project"), "flow.py", None)
    first, second = (image.tag for image in a_plan.images)
    held = {first: EngineImage(digest="sha256:1", labels={"ops0.key": "wärme\n"}, size=7)}
    keep_foresight(file, a_plan, held)
    assert foreseen(file) == {a_plan.images[0].base.reference: None, **held, second: None}


def test_an_unchanged_plan_writes_nothing(a_plan: Plan, tmp_path: Path) -> None:
    file = foresight_file(tmp_path, Path("/project"), "flow.py", None)
    held = {a_plan.images[0].tag: EngineImage(digest="sha256:1")}
    keep_foresight(file, a_plan, held)
    before = file.stat().st_ino
    keep_foresight(file, a_plan, held)
    assert file.stat().st_ino == before
    keep_foresight(file, a_plan, {a_plan.images[0].tag: EngineImage(digest="sha256:2")})
    assert foreseen(file)[a_plan.images[0].tag] == EngineImage(digest="sha256:2")
    keep_foresight(file, replace(a_plan, images=a_plan.images[:1]), held)
    assert len(foreseen(file)) == 2


def test_the_tags_of_all_projects_are_told_and_none_counts_as_used(
    a_plan: Plan, tmp_path: Path
) -> None:
    assert last_tags(tmp_path) == frozenset()
    first, second = a_plan.images
    for root, one in (("/first", first), ("/second", second)):
        file = foresight_file(tmp_path, Path(root), "flow.py", None)
        keep_foresight(file, replace(a_plan, images=(one,)), {})
        os.utime(file, (1, 1))
    (tmp_path / "foresight/broken").write_bytes(b"\xff")
    (tmp_path / "foresight/folder").mkdir()
    assert last_tags(tmp_path) == {first.base.reference, first.tag, second.tag}
    assert file.stat().st_mtime == 1


def test_a_missing_or_empty_file_foresees_nothing(tmp_path: Path) -> None:
    assert foreseen(tmp_path / "missing") == {}
    (tmp_path / "empty").write_bytes(b"")
    assert foreseen(tmp_path / "empty") == {}


@pytest.mark.parametrize(
    "data",
    [
        b"\xff\xfe\x00",
        b"ops0/flow/load:0123456789abcdef\n",  # as earlier versions wrote it
        b"{}\n",
        b'["", null]\n',
        b'["a\\u0000b", null]\n',
        b'[["a"], null]\n',
        b'["a:1", ["sha256:1"]]\n',
        b'["a:1", ["sha256:1", ["ops0.key"], 1]]\n',
        b'["a:1", ["sha256:1", {}, "many"]]\n',
        b'["a:1", null]\n["b:1"',
    ],
)
def test_a_broken_file_foresees_nothing(data: bytes, tmp_path: Path) -> None:
    (tmp_path / "broken").write_bytes(data)
    assert foreseen(tmp_path / "broken") == {}


def test_pipelines_do_not_share_a_file(tmp_path: Path) -> None:
    files = {
        foresight_file(tmp_path, Path(root), entry, selected)
        for root in ("/one", "/two")
        for entry in ("a.py", "b.py")
        for selected in (None, "train")
    }
    assert len(files) == 8


def test_a_path_that_the_locale_cannot_decode_has_a_file_too(tmp_path: Path) -> None:
    files = {
        foresight_file(tmp_path, Path(root), entry, None)
        for root in (b"/\xc3\xbcbung".decode("ascii", "surrogateescape"), "/übung")
        for entry in ("a.py", "\udcfc.py")
    }
    assert len(files) == 4
