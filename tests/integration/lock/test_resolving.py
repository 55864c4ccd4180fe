"""What is locked for each step: with the real uv and pip against small indexes on loopback."""

from __future__ import annotations

from dataclasses import replace

import pytest
from locking import TARGET, Project, a_pipeline, a_step, a_wheel, an_sdist, sha256, versions

from ops0.core.errors import ErrorGroup
from ops0_builder.lock import check_lock, read_lock
from ops0_builder.lock.errors import (
    Conflict,
    LockDamaged,
    NoFittingFile,
    NoSuchDistribution,
    RequirementUnfit,
)


def test_steps_get_their_exact_part_of_one_joint_resolution(index, project):
    index.add(
        a_wheel("frame", "2.0", "arrays>=1"),
        a_wheel("frame", "1.0", "arrays>=1"),
        a_wheel("arrays", "1.5"),
        a_wheel("arrays", "3.0"),
        a_wheel("learn", "1.0", "arrays<2"),
        a_wheel("plot", "1.0"),
    )
    lock = project.lock(
        a_step("load", "frame"), a_step("train", "learn"), a_step("draw", "plot"), a_step("say")
    )
    assert versions(lock, "load") == {"frame": "2.0", "arrays": "1.5"}
    assert versions(lock, "train") == {"learn": "1.0", "arrays": "1.5"}
    assert versions(lock, "draw") == {"plot": "1.0"}
    assert versions(lock, "say") == {}
    wheel = lock.step("draw").distributions[0].wheel
    data = index.files["plot-1.0-py3-none-any.whl"]
    assert (wheel.sha256, wheel.size) == (sha256(data), len(data))
    assert "127.0.0.1" not in project.text()
    assert "://" not in project.text()


def test_a_current_lock_asks_nobody_and_stays_as_it_is(index, project):
    index.add(a_wheel("frame", "1.0"))
    steps = (a_step("load", "frame"),)
    lock = project.lock(*steps)
    before = {path.name: path.read_bytes() for path in project.folder.iterdir()}
    index.add(a_wheel("frame", "2.0"))
    index.asked.clear()
    assert project.lock(*steps) == lock
    assert index.asked == []
    assert {path.name: path.read_bytes() for path in project.folder.iterdir()} == before


def test_two_machines_lock_to_the_same_bytes(index, project, tmp_path, settings):
    index.add(a_wheel("frame", "1.0", "arrays"), a_wheel("arrays"), an_sdist("src"))
    steps = (a_step("load", "frame", "src"), a_step("b", "arrays"))
    project.lock(*steps)
    other = Project(tmp_path / "other")
    other.root.mkdir()
    settings.setenv("OPS0_CACHE_DIR", str(tmp_path / "cache2"))
    settings.setenv("UV_CACHE_DIR", str(tmp_path / "uv2"))
    other.lock(*reversed(steps))
    assert sorted(path.name for path in project.folder.iterdir()) == [
        "flow.json",
        "pylock.b.toml",
        "pylock.load.toml",
    ]
    for path in project.folder.glob("*.toml"):
        assert (other.folder / path.name).read_bytes() == path.read_bytes()


def test_versions_are_kept_locked_then_installed_then_newest(index, project):
    index.add(*(a_wheel(name, v) for name in ("aa", "bb", "cc") for v in ("1.0", "2.0", "3.0")))
    first = project.lock(a_step("s", "aa"), installed={"AA": "1.0"})
    assert versions(first, "s") == {"aa": "1.0"}
    second = project.lock(a_step("s", "aa", "bb", "cc"), installed={"aa": "2.0", "bb": "2.0"})
    assert versions(second, "s") == {"aa": "1.0", "bb": "2.0", "cc": "3.0"}


def test_a_preference_that_cannot_hold_is_dropped(index, project):
    index.add(a_wheel("aa", "1.0"), a_wheel("aa", "2.0"))
    lock = project.lock(a_step("s", "aa>=2"), installed={"aa": "1.0", "other": "9", "bb": "0.1"})
    assert versions(lock, "s") == {"aa": "2.0"}
    with_gone = project.lock(a_step("t", "aa"), installed={"aa": "1.7"})
    assert versions(with_gone, "t") == {"aa": "2.0"}


def test_upgrade_moves_everything_or_what_is_named(index, project):
    index.add(*(a_wheel(name, "1.0") for name in ("aa", "bb-b")))
    steps = (a_step("s", "aa", "bb-b"),)
    project.lock(*steps)
    index.add(*(a_wheel(name, "2.0") for name in ("aa", "bb-b")))
    installed = {"aa": "1.0", "bb-b": "1.0"}
    named = project.lock(*steps, upgrade=frozenset({"BB_b"}), installed=installed)
    assert versions(named, "s") == {"aa": "1.0", "bb-b": "2.0"}
    everything = project.lock(*steps, upgrade="all", installed=installed)
    assert versions(everything, "s") == {"aa": "2.0", "bb-b": "2.0"}
    with pytest.raises(RequirementUnfit, match="nobody"):
        project.lock(*steps, upgrade=frozenset({"nobody"}))


def test_extras_go_only_to_the_step_that_asks_for_them(index, project):
    index.add(
        a_wheel("web", "1.0", "core", 'socks; extra == "proxy"', extras=("proxy",)),
        a_wheel("core"),
        a_wheel("socks"),
        a_wheel("client", "1.0", "web"),
    )
    lock = project.lock(a_step("a", "web[proxy]"), a_step("b", "web"), a_step("c", "client"))
    assert set(versions(lock, "a")) == {"web", "core", "socks"}
    assert set(versions(lock, "b")) == {"web", "core"}
    assert set(versions(lock, "c")) == {"web", "core", "client"}


def test_a_step_may_have_a_group_of_its_own(index, project):
    index.add(a_wheel("aa", "1.0"), a_wheel("aa", "2.0"))
    lock = project.lock(a_step("new", "aa>=2"), a_step("old", "aa<2", group="legacy"))
    assert versions(lock, "new") == {"aa": "2.0"}
    assert versions(lock, "old") == {"aa": "1.0"}


def test_steps_on_two_pythons_get_the_same_versions_where_they_can(index, project):
    index.add(
        a_wheel("aa", "1.0"),
        a_wheel("aa", "2.0", tag="cp312-cp312-manylinux_2_17_x86_64"),
        a_wheel("bb", "1.0", tag="cp311-cp311-manylinux_2_17_x86_64"),
        a_wheel("bb", "1.0", tag="cp312-cp312-manylinux_2_17_x86_64"),
    )
    lock = project.lock(
        a_step("one", "aa", "bb"),
        a_step("two", "aa", "bb"),
        targets={"one": TARGET, "two": replace(TARGET, python="3.12")},
    )
    assert versions(lock, "one") == versions(lock, "two") == {"aa": "1.0", "bb": "1.0"}
    names = [lock.step(step).distributions[1].wheel.filename for step in ("one", "two")]
    assert [name.split("-")[2] for name in names] == ["cp311", "cp312"]


def test_platforms_get_a_lock_each_and_the_same_versions_where_they_can(index, project):
    index.add(
        a_wheel("both"),
        a_wheel("machine", tag="cp311-cp311-manylinux_2_17_x86_64"),
        a_wheel("machine", tag="cp311-cp311-manylinux_2_17_aarch64"),
    )
    step = a_step("x", "both", "machine")
    project.lock(step)
    first = (project.folder / "pylock.x.toml").read_bytes()
    index.add(a_wheel("both", "2.0"))
    arm = {"x": replace(TARGET, platform="linux/arm64")}
    lock = project.lock(step, targets=arm)
    assert versions(lock, "x") == {"both": "1.0", "machine": "1.0"}
    assert [one.wheel.filename for one in lock.step("x").distributions] == [
        "both-1.0-py3-none-any.whl",
        "machine-1.0-cp311-cp311-manylinux_2_17_aarch64.whl",
    ]
    assert (project.folder / "pylock.x.toml").read_bytes() == first
    assert (project.folder / "linux-arm64/pylock.x.toml").exists()

    assert versions(project.lock(step, upgrade="all"), "x")["both"] == "2.0"
    assert versions(project.lock(step, targets=arm), "x")["both"] == "1.0"  # locked, so it stays
    index.add(a_wheel("both", "3.0"))
    assert versions(project.lock(step, targets=arm, upgrade="all"), "x")["both"] == "2.0"


def test_the_wheel_fits_the_targets_libc(index, project):
    index.add(
        a_wheel("aa", tag="cp311-cp311-manylinux_2_17_x86_64"),
        a_wheel("aa", tag="cp311-cp311-manylinux_2_39_x86_64"),
    )
    old = project.lock(a_step("s", "aa"))
    new = project.lock(a_step("s", "aa"), targets={"s": replace(TARGET, glibc=(2, 41))})
    assert old.step("s").distributions[0].wheel.filename.endswith("2_17_x86_64.whl")
    assert new.step("s").distributions[0].wheel.filename.endswith("2_39_x86_64.whl")


def test_a_conflict_names_only_what_takes_part(index, project):
    index.add(
        a_wheel("aa", "1.0", "shared<2"),
        a_wheel("bb", "1.0", "shared>=2"),
        a_wheel("cc"),
        a_wheel("shared", "1.0"),
        a_wheel("shared", "2.0"),
    )
    with pytest.raises(Conflict) as caught:
        project.lock(a_step("x", "aa", "cc", line=3), a_step("y", "bb", line=9))
    assert caught.value.asked == (("x", "flow.py:3", "aa"), ("y", "flow.py:9", "bb"))
    assert "shared" in caught.value.explanation
    assert caught.value.exit_code == 23
    assert "127.0.0.1" not in str(caught.value)
    assert not project.folder.exists()


def test_unknown_names_and_versions_are_found_together(index, project):
    index.add(a_wheel("aa", "1.0"))
    with pytest.raises(ErrorGroup) as caught:
        project.lock(a_step("x", "nowhere", "aa>=7", "aa", line=3))
    facts = [(type(fault), fault.place, fault.name_known) for fault in caught.value.errors]
    assert facts == [
        (NoSuchDistribution, "flow.py:3", False),
        (NoSuchDistribution, "flow.py:4", True),
    ]
    assert caught.value.exit_code == 24


def test_a_distribution_without_a_file_for_the_target(index, project):
    index.add(a_wheel("aa", tag="cp39-cp39-manylinux_2_17_x86_64"), a_wheel("bb"))
    with pytest.raises(NoFittingFile) as caught:
        project.lock(a_step("x", "bb", "aa", line=3))
    assert caught.value.place == "flow.py:4"
    assert "Python 3.11 on linux/amd64" in str(caught.value)
    assert caught.value.exit_code == 25


def test_bad_requirements_are_found_together_before_anything_is_asked(index, project):
    with pytest.raises(ErrorGroup) as caught:
        project.lock(a_step("x", "a b", "c @ ftp://h.example/c.whl"))
    assert [type(fault) for fault in caught.value.errors] == [RequirementUnfit, RequirementUnfit]
    assert index.asked == []


def test_a_locked_pipeline_needs_no_network(index, project, settings):
    index.add(a_wheel("aa"), an_sdist("src"))
    steps = (a_step("x", "aa", "src"),)
    files = project.fill(project.lock(*steps))
    settings.setenv("PIP_INDEX_URL", "http://127.0.0.1:1/simple")
    lock = read_lock(a_pipeline(*steps), folder=project.folder, targets={"x": TARGET})
    assert project.lock(*steps) == lock
    assert project.fill(lock) == files
    assert check_lock(a_pipeline(*steps), folder=project.folder, targets={"x": TARGET}) == ()


def test_a_hand_edited_lock_is_refused_until_it_is_made_anew(index, project):
    index.add(a_wheel("aa"))
    steps = (a_step("x", "aa"),)
    whole = project.lock(*steps)
    path = project.folder / "pylock.x.toml"
    path.write_text(path.read_text().replace("size = ", "size = 1"))
    with pytest.raises(LockDamaged) as caught:
        project.lock(*steps)
    assert caught.value.field == "tool.ops0.digest"
    assert project.lock(*steps, upgrade="all") == whole


def test_an_extra_that_is_not_there_is_told(index, project):
    index.add(a_wheel("aa", extras=("x",)))
    project.lock(a_step("s", "aa[nosuch]"))
    assert any("does not have an extra named `nosuch`" in line for line in project.lines)
