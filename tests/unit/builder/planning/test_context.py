from __future__ import annotations

import hashlib
import os
from pathlib import Path

import pytest

from ops0.core.locked import LockedFile
from ops0_builder.build_errors import WheelGone
from ops0_builder.planning.context import EPOCH, Context, stage

WHEEL = b"wheel"
LOCKED = LockedFile(
    filename="a-1-py3-none-any.whl", sha256=hashlib.sha256(WHEEL).hexdigest(), size=5
)


def test_a_context_is_staged_whole_with_fixed_modes_and_times(tmp_path: Path) -> None:
    wheel = tmp_path / "a.whl"
    wheel.write_bytes(WHEEL)
    context = Context(
        name="code", files={"Dockerfile": b"FROM x\n", "files/deep/a.py": b"1"}, linked=(LOCKED,)
    )
    old = os.umask(0o077)
    try:
        folder = stage(context, tmp_path / "contexts", {LOCKED.sha256: wheel})
    finally:
        os.umask(old)
    assert folder.name == context.folder
    assert (folder / LOCKED.filename).read_bytes() == WHEEL
    assert (folder / LOCKED.filename).stat().st_ino == wheel.stat().st_ino
    for path in (folder / "files/deep/a.py", folder / "Dockerfile"):
        assert path.stat().st_mode & 0o777 == 0o644
    assert (folder / "files/deep/a.py").stat().st_mtime == EPOCH
    assert (folder / "files/deep").stat().st_mode & 0o777 == 0o755
    assert (folder / "files").stat().st_mtime == EPOCH
    assert [one.name for one in (tmp_path / "contexts").iterdir()] == [folder.name]


def test_other_content_is_another_folder() -> None:
    names = {
        Context(name="c", files={"a": b"1"}).folder,
        Context(name="c", files={"a": b"2"}).folder,
        Context(name="c", files={"b": b"1"}).folder,
        Context(name="c", files={"a": b"1"}, linked=(LOCKED,)).folder,
    }
    assert len(names) == 4


def test_a_wheel_that_is_gone_leaves_nothing_half_made(tmp_path: Path) -> None:
    with pytest.raises(WheelGone, match="a-1-py3-none-any"):
        stage(Context(name="w", linked=(LOCKED,)), tmp_path, {})
    assert list(tmp_path.iterdir()) == []


def test_staging_twice_gives_the_same_folder(tmp_path: Path) -> None:
    context = Context(name="c", files={"a": b"1"})
    first = stage(context, tmp_path, {})
    inode = first.stat().st_ino
    assert stage(context, tmp_path, {}).stat().st_ino == inode


def test_a_context_without_files_is_a_folder(tmp_path: Path) -> None:
    assert list(stage(Context(name="nothing"), tmp_path, {}).iterdir()) == []


def test_two_dockerfiles_of_one_size_have_two_times(tmp_path: Path) -> None:
    contexts = [Context(name="c", files={"Dockerfile": data}) for data in (b"FROM a", b"FROM b")]
    times = {(stage(one, tmp_path, {}) / "Dockerfile").stat().st_mtime_ns for one in contexts}
    assert len(times) == 2


def test_what_can_be_started_may_be(tmp_path: Path) -> None:
    files = {"run.sh": b"#!/bin/sh\n", "tool": b"\x7fELF\x02", "x.csv": b"a\n", "empty": b""}
    folder = stage(Context(name="code", files=files), tmp_path, {})
    modes = {name: (folder / name).stat().st_mode & 0o777 for name in files}
    assert modes == {"run.sh": 0o755, "tool": 0o755, "x.csv": 0o644, "empty": 0o644}


def torn_context() -> Context:
    return Context(name="c", files={"a": b"1", "deep/b": b"2"}, linked=(LOCKED,))


@pytest.mark.parametrize("torn", ["a", "deep/b", LOCKED.filename])
@pytest.mark.parametrize("linked", [True, False], ids=["linked", "copied"])
def test_what_a_power_cut_left_empty_is_staged_again(
    tmp_path: Path, torn: str, linked: bool
) -> None:
    wheel = tmp_path / "a.whl"
    wheel.write_bytes(WHEEL)
    wheels = {LOCKED.sha256: wheel}
    folder = stage(torn_context(), tmp_path / "contexts", wheels)
    if not linked:
        (folder / LOCKED.filename).unlink()
        (folder / LOCKED.filename).write_bytes(WHEEL)
    inode = folder.stat().st_ino
    assert stage(torn_context(), tmp_path / "contexts", wheels).stat().st_ino == inode
    (folder / torn).unlink()
    (folder / torn).write_bytes(b"")
    assert stage(torn_context(), tmp_path / "contexts", wheels) == folder
    assert (folder / "a").read_bytes() == b"1"
    assert (folder / "deep/b").read_bytes() == b"2"
    assert (folder / LOCKED.filename).read_bytes() == WHEEL
    assert [one.name for one in (tmp_path / "contexts").iterdir()] == [folder.name]


def test_what_cannot_be_staged_again_is_still_there_if_it_is_whole(tmp_path: Path) -> None:
    wheel = tmp_path / "a.whl"
    wheel.write_bytes(WHEEL)
    folder = stage(torn_context(), tmp_path / "contexts", {LOCKED.sha256: wheel})
    assert stage(torn_context(), tmp_path / "contexts", {}) == folder
