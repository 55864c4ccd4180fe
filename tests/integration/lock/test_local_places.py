"""Folders and files that requirements name: built into wheels, pinned by content, the same on another machine."""

from __future__ import annotations

import json
import shutil
import subprocess
import zipfile
from pathlib import Path

import pytest
from locking import TARGET, a_folder, a_pipeline, a_step, a_wheel, versions

from ops0.core.locked import Target
from ops0_builder.lock import check_lock, export_wheelhouse, read_lock, take_wheelhouse
from ops0_builder.lock.errors import Conflict, HashMismatch, LockStale
from ops0_builder.lock.place_errors import SourceBuildFailed, SourceGone, WheelUnfit

ACME = "acme-lib @ file:../libs/acme"


def entry(lock, step: str, name: str):
    return next(one for one in lock.step(step).distributions if one.name == name)


def stale(project, *steps):
    wanted = {step.name: TARGET for step in steps}
    return check_lock(a_pipeline(*steps), folder=project.folder, targets=wanted, root=project.root)


@pytest.fixture
def acme(tmp_path, index) -> Path:
    index.add(a_wheel("helper"))
    return a_folder(tmp_path / "libs/acme", "acme-lib", "helper")


def test_a_folder_is_built_with_what_it_needs_in_turn(index, project, acme):
    lock = project.lock(a_step("x", ACME), a_step("y", "helper"))
    assert versions(lock, "x") == {"acme-lib": "1.0", "helper": "1.0"}
    assert versions(lock, "y") == {"helper": "1.0"}
    found = entry(lock, "x", "acme-lib")
    assert (found.source.kind, found.source.place) == ("folder", "../libs/acme")
    assert not any("acme" in path for path in index.asked)
    assert any("building acme-lib from ../libs/acme" in line for line in project.lines)
    assert str(project.root.parent) not in "".join(
        path.read_text() for path in project.folder.iterdir()
    )
    with zipfile.ZipFile(project.fill(lock)[found.wheel.sha256]) as archive:
        assert "acme_lib/__init__.py" in archive.namelist()
    assert not (acme / "build").exists()


def test_a_name_that_an_index_has_too_is_the_folders(index, project, acme):
    index.add(a_wheel("acme-lib", "9.0"))
    assert versions(project.lock(a_step("x", ACME)), "x")["acme-lib"] == "1.0"


def test_an_edit_makes_the_lock_stale_for_the_steps_that_use_it(project, acme):
    steps = a_step("x", ACME), a_step("y", "helper")
    before = project.lock(*steps)
    assert stale(project, *steps) == ()
    (acme / "src/acme_lib/__init__.py").write_text("X = 2\n")
    (acme / "src/acme_lib/more.py").write_text("")
    (change,) = stale(project, *steps)
    assert str(change) == (
        "x: (../libs/acme has changed: src/acme_lib/__init__.py, +src/acme_lib/more.py)"
    )
    with pytest.raises(LockStale):
        read_lock(
            a_pipeline(*steps),
            folder=project.folder,
            targets={"x": TARGET, "y": TARGET},
            root=project.root,
        )
    after = project.lock(*steps)
    assert entry(before, "x", "acme-lib").wheel != entry(after, "x", "acme-lib").wheel
    assert before.step("y") == after.step("y")
    assert stale(project, *steps) == ()


def test_what_a_build_or_git_leaves_in_a_folder_is_no_edit(project, acme):
    subprocess.run(["git", "init", "-q", str(acme.parent)], check=True)
    (acme.parent / ".gitignore").write_text("data/\n")
    first = project.lock(a_step("x", ACME))
    for path in (
        "build/lib/a.py",
        "acme_lib.egg-info/PKG-INFO",
        "data/rows.csv",
        "src/acme_lib/__pycache__/a.pyc",
    ):
        (acme / path).parent.mkdir(parents=True, exist_ok=True)
        (acme / path).write_text("left behind")
    assert stale(project, a_step("x", ACME)) == ()
    assert project.lock(a_step("x", ACME)) == first
    shutil.rmtree(acme.parent / ".git")
    shutil.rmtree(acme / "data")
    assert stale(project, a_step("x", ACME)) == ()


def test_a_relock_for_another_reason_does_not_build_again(project, acme):
    first = project.lock(a_step("x", ACME))
    project.lines.clear()
    second = project.lock(a_step("x", ACME, "helper"))
    assert entry(first, "x", "acme-lib") == entry(second, "x", "acme-lib")
    assert not any("building" in line for line in project.lines)


def test_another_machine_builds_the_same_wheel_in_another_place(project, acme, elsewhere, tmp_path):
    lock = project.lock(a_step("x", ACME))
    elsewhere()
    there = tmp_path / "other machine"
    shutil.copytree(project.root, there / "flow")
    shutil.copytree(acme, there / "libs/acme")
    shutil.rmtree(acme)
    project.root = there / "flow"
    assert stale(project, a_step("x", ACME)) == ()
    assert project.lock(a_step("x", ACME)) == lock
    assert entry(lock, "x", "acme-lib").wheel.sha256 in project.fill(lock)


def test_a_folder_that_is_gone_is_told_with_the_way_out(project, acme, elsewhere, tmp_path):
    lock = project.lock(a_step("x", ACME))
    wheels = project.fill(lock)
    export_wheelhouse(lock, wheels, tmp_path / "wheels")
    shutil.rmtree(acme)
    assert stale(project, a_step("x", ACME)) == ()
    assert project.lock(a_step("x", ACME)) == lock
    assert set(project.fill(lock)) == set(wheels)
    strict = {"folder": project.folder, "targets": {"x": TARGET}, "root": project.root}
    with pytest.raises(SourceGone):
        read_lock(a_pipeline(a_step("x", ACME)), **strict, strict=True)
    elsewhere()
    with pytest.raises(SourceGone, match=r"acme-lib: \.\./libs/acme: .*no such file") as caught:
        project.fill(lock)
    assert "ops0 lock --wheelhouse" in caught.value.hint
    assert set(take_wheelhouse(lock, tmp_path / "wheels", steps=["x"])) == set(wheels)


def test_a_folder_that_was_never_there(project, index):
    with pytest.raises(SourceGone, match=r"\.\./nowhere: no such file"):
        project.lock(a_step("x", "acme-lib @ file:../nowhere"))
    assert not project.folder.exists()


def test_a_folder_with_another_distribution_than_is_asked_for(project, acme):
    with pytest.raises(SourceBuildFailed, match="it is acme-lib, and other is asked for there"):
        project.lock(a_step("x", "other @ file:../libs/acme"))


def test_a_folder_whose_build_fails(project, acme):
    (acme / "own.py").write_text("raise SystemExit('no way')")
    with pytest.raises(SourceBuildFailed, match="no way"):
        project.lock(a_step("x", ACME))


def test_a_wheel_with_compiled_code_for_another_platform_is_refused(project, tmp_path, index):
    a_folder(tmp_path / "fast", "fast", tag="cp311-cp311-linux_x86_64")
    arm = Target(python="3.11", platform="linux/arm64")
    with pytest.raises(WheelUnfit, match=r"fast.*linux_x86_64.*linux/arm64") as caught:
        project.lock(a_step("x", "fast @ file:../fast"), targets={"x": arm})
    assert "cibuildwheel" in caught.value.hint


def test_extras_markers_and_ranges_of_what_a_folder_needs_hold(index, project, tmp_path):
    index.add(a_wheel("helper", "1.0"), a_wheel("helper", "2.0"), a_wheel("nicer"))
    a_folder(tmp_path / "a", "a-lib", "helper<2", 'nicer; extra == "nice"')
    lock = project.lock(a_step("x", "a-lib @ file:../a"), a_step("y", "a-lib[nice] @ file:../a"))
    assert versions(lock, "x") == {"a-lib": "1.0", "helper": "1.0"}
    with pytest.raises(Conflict):
        project.lock(a_step("x", "a-lib @ file:../a", "helper>=2"))


def test_a_wheel_in_a_file_is_taken_as_it_is(index, project, tmp_path, elsewhere):
    name, data = a_wheel("boxed", "2.0", "helper")
    index.add(a_wheel("helper"))
    (project.root / name).write_bytes(data)
    step = a_step("x", f"boxed @ file:{name}")
    lock = project.lock(step)
    assert versions(lock, "x") == {"boxed": "2.0", "helper": "1.0"}
    assert entry(lock, "x", "boxed").source.kind == "file"
    elsewhere()
    assert project.fill(lock)
    (project.root / name).write_bytes(a_wheel("boxed", "2.0", "helper", body="x = 2")[1])
    assert [one.step for one in stale(project, step)] == ["x"]
    elsewhere()
    with pytest.raises((SourceGone, HashMismatch)):
        project.fill(lock)


def test_an_index_of_other_things_than_files_is_damage(project, acme):
    from ops0_builder.lock.errors import LockDamaged

    project.lock(a_step("x", ACME))
    (path,) = project.folder.glob("*.json")
    document = json.loads(path.read_text())
    for wrong in ([], {"../libs/acme": 3}, {"../libs/acme": {"a": 3}}):
        path.write_text(json.dumps({**document, "sources": wrong}))
        with pytest.raises(LockDamaged, match="sources"):
            stale(project, a_step("x", ACME))


def test_what_a_folder_needs_from_a_folder_is_never_asked_of_an_index(index, project, tmp_path):
    """A stranger's ``base`` on a public index would else be what the folder's own ``base`` is meant to be."""
    index.add(a_wheel("base", "9.0"), a_wheel("helper"))
    sources = '[tool.uv.sources]\nbase = { path = "../base" }\n'
    a_folder(tmp_path / "libs/acme", "acme-lib", "base>=1", more=sources)
    a_folder(tmp_path / "libs/base", "base", "helper")
    lock = project.lock(a_step("x", ACME), a_step("y", "helper"))
    assert versions(lock, "x") == {"acme-lib": "1.0", "base": "1.0", "helper": "1.0"}
    assert entry(lock, "x", "base").source.place == "../libs/base"
    assert not any("/base/" in path for path in index.asked)
    (tmp_path / "libs/base/src/base/__init__.py").write_text("X = 3\n")
    assert [one.step for one in stale(project, a_step("x", ACME), a_step("y", "helper"))] == ["x"]
    assert project.fill(project.lock(a_step("x", ACME), a_step("y", "helper")))


def test_what_a_folder_needs_from_a_folder_must_be_in_its_range(index, project, tmp_path):
    sources = '[tool.uv.sources]\nbase = { path = "../base" }\n'
    a_folder(tmp_path / "libs/acme", "acme-lib", "base>=2", more=sources)
    a_folder(tmp_path / "libs/base", "base")
    with pytest.raises(Conflict, match="base"):
        project.lock(a_step("x", ACME))
