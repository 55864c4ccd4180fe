"""Distributions without a wheel are built, and say so."""

from __future__ import annotations

import zipfile

import pytest
from locking import a_step, a_wheel, an_sdist, sha256

from ops0_builder.lock.errors import NoFittingFile, RebuildDiffers
from ops0_builder.lock.place_errors import SourceBuildFailed


def test_a_source_archive_becomes_a_wheel_and_says_so(index, project):
    index.add(an_sdist("src-only", "2.0"))
    lock = project.lock(a_step("x", "src-only"))
    entry = lock.step("x").distributions[0]
    data = index.files["src_only-2.0.tar.gz"]
    assert entry.sdist.sha256 == entry.wheel.built_from == sha256(data)
    assert entry.wheel.filename == "src_only-2.0-py3-none-any.whl"
    assert any("src-only 2.0" in line and "runs its code" in line for line in project.lines)
    path = project.fill(lock)[entry.wheel.sha256]
    with zipfile.ZipFile(path) as archive:
        assert b"BUILT" in archive.read("src_only/__init__.py")


def test_a_source_archive_is_built_again_elsewhere(index, project, elsewhere):
    index.add(an_sdist("src"))
    lock = project.lock(a_step("x", "src"))
    elsewhere()
    files = project.fill(lock)
    assert list(files) == [lock.step("x").distributions[0].wheel.sha256]


def test_a_rebuild_that_differs_is_an_error(index, project, elsewhere, tmp_path):
    noise = tmp_path / "noise"
    noise.write_text("one")
    index.add(an_sdist("src", noise=str(noise)))
    lock = project.lock(a_step("x", "src"))
    elsewhere()
    noise.write_text("two")
    with pytest.raises(RebuildDiffers) as caught:
        project.fill(lock)
    assert caught.value.expected == lock.step("x").distributions[0].wheel.sha256
    assert "not reproducible" in caught.value.hint


def test_what_a_backend_asks_for_when_it_is_asked_is_pinned(index, project, elsewhere):
    index.add(an_sdist("src", asks=("helper",)), a_wheel("helper", "1.0"))
    lock = project.lock(a_step("x", "src"))
    assert 'build = ["helper==1.0"]' in project.text()
    index.add(a_wheel("helper", "2.0"))
    elsewhere()
    assert list(project.fill(lock)) == [lock.step("x").distributions[0].wheel.sha256]


def test_what_a_backend_asks_for_and_nobody_has_is_told(index, project):
    index.add(an_sdist("src", asks=("nowhere",)))
    with pytest.raises(SourceBuildFailed, match="nowhere"):
        project.lock(a_step("x", "src"))


def test_a_relock_does_not_build_again(index, project):
    index.add(an_sdist("src"), a_wheel("aa"))
    first = project.lock(a_step("x", "src"))
    project.lines.clear()
    second = project.lock(a_step("x", "src", "aa"))
    assert first.step("x").distributions[0] == second.step("x").distributions[1]
    assert not any("runs its code" in line for line in project.lines)


def test_a_source_archive_that_is_here_is_not_fetched_again(index, project):
    index.add(an_sdist("src"))
    first = project.lock(a_step("x", "src"))
    assert "/files/src-1.0.tar.gz" in index.by_pip
    index.by_pip.clear()
    assert project.lock(a_step("x", "src"), upgrade="all") == first
    assert index.by_pip == []


def test_builds_can_be_forbidden(index, project):
    index.add(an_sdist("src"))
    with pytest.raises(NoFittingFile, match="may not be built"):
        project.lock(a_step("x", "src"), builds=False)


def test_a_build_that_fails_says_what_it_said(index, project):
    index.add(an_sdist("src", fails=True))
    with pytest.raises(SourceBuildFailed) as caught:
        project.lock(a_step("x", "src"))
    assert caught.value.distribution == "src 1.0"
    assert "no compiler here" in caught.value.said
    assert caught.value.exit_code == 28


def test_a_built_wheel_must_fit_the_target(index, project):
    index.add(an_sdist("src", tag="cp312-cp312-linux_x86_64"))
    with pytest.raises(SourceBuildFailed, match="does not fit"):
        project.lock(a_step("x", "src"))


def test_it_is_said_before_anything_of_it_runs(index, project, tmp_path):
    """pip asks a source archive for its metadata, for which it may run its build."""
    index.add(an_sdist("src", noise=str(tmp_path / "not there")))
    with pytest.raises(SourceBuildFailed):
        project.lock(a_step("x", "src"))
    assert any("src 1.0" in line and "runs its code" in line for line in project.lines)
