"""Files at an address that requirements name: locked by their bytes, fetched by pip, and nothing of them believed."""

from __future__ import annotations

import hashlib
import io
import os
import tarfile
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest
from locking import TARGET, Index, a_pipeline, a_step, a_wheel, an_sdist, versions

from ops0.core.pipeline import Where
from ops0.core.requirements.declarations import Constraint
from ops0_builder.lock import check_lock, export_wheelhouse, lock_pipeline, take_wheelhouse
from ops0_builder.lock.errors import (
    BrokenWheel,
    Conflict,
    FetchFailed,
    HashMismatch,
)
from ops0_builder.lock.git_errors import TreeRefused
from ops0_builder.lock.place_errors import FileUnfit, SourceBuildFailed

ARM = replace(TARGET, platform="linux/arm64")


@pytest.fixture
def files(serve, index) -> Index:
    """A server that has files and is no index; beside it an index that has others of the same names."""
    index.add(a_wheel("acme-lib", "9.0"), a_wheel("helper"))
    return serve(Index())


def at(files: Index, made: tuple[str, bytes], name: str = "acme-lib", fragment: str = "") -> str:
    files.add(made)
    return f"{name} @ http://127.0.0.1:{files.port}/files/{made[0].replace('+', '%2B')}{fragment}"


def entry(lock, step: str, name: str = "acme-lib"):
    return next(one for one in lock.step(step).distributions if one.name == name)


def digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def stale(project, *steps, constraints=()):
    wanted = {step.name: TARGET for step in steps}
    return check_lock(
        a_pipeline(*steps),
        folder=project.folder,
        targets=wanted,
        root=project.root,
        constraints=constraints,
    )


def test_a_wheel_is_locked_by_its_bytes_and_asked_for_once(index, project, files, elsewhere):
    made = a_wheel("acme-lib", "1.0+cpu", "helper")
    step = a_step("x", at(files, made))
    lock = project.lock(step)
    found = entry(lock, "x")
    assert versions(lock, "x") == {"acme-lib": "1.0+cpu", "helper": "1.0"}
    assert (found.wheel.filename, found.wheel.sha256) == (made[0], digest(made[1]))
    assert found.source is not None
    assert (found.source.kind, found.source.digest) == ("url", digest(made[1]))
    assert f'source = {{ url = "{found.source.place}", digest = "' in project.text()
    assert not any("acme" in path for path in index.asked), "an index may have a stranger's"
    files.asked.clear()
    assert (project.lock(step), stale(project, step)) == (lock, ())
    assert project.fill(lock)
    assert files.asked == []
    elsewhere()
    assert project.fill(lock)
    assert len(files.asked) == 1
    assert project.lock(step) == lock


def test_other_bytes_at_the_address_are_never_taken(project, files, elsewhere):
    step = a_step("x", at(files, a_wheel("acme-lib")))
    lock = project.lock(step)
    other = a_wheel("acme-lib", body="OTHER = 1\n")
    files.add(other)
    elsewhere()
    for again in (lambda: project.fill(lock), lambda: project.lock(step, a_step("y"))):
        with pytest.raises(HashMismatch) as caught:
            again()
        assert caught.value.exit_code == 27
        assert "ops0 lock --upgrade acme-lib" in caught.value.hint
    assert entry(project.lock(step, upgrade={"acme-lib"}), "x").wheel.sha256 == digest(other[1])


def test_a_file_that_is_named_by_its_hash(project, files):
    made = a_wheel("acme-lib")
    wrong = at(files, made, fragment=f"#sha256={'0' * 64}")
    with pytest.raises(HashMismatch) as caught:
        project.lock(a_step("x", wrong))
    assert (caught.value.actual, caught.value.exit_code) == (digest(made[1]), 27)
    assert not project.folder.exists()
    right = at(files, made, fragment=f"#sha256={digest(made[1])}")
    lock = project.lock(a_step("x", right), a_step("y", at(files, made)))
    assert entry(lock, "x") == entry(lock, "y")
    with pytest.raises(HashMismatch):
        project.lock(a_step("x", wrong))
    assert stale(project, a_step("x", wrong), a_step("y", at(files, made)))


def test_two_addresses_for_one_name_cannot_hold_together(project, files):
    one, other = at(files, a_wheel("acme-lib", "1.0")), at(files, a_wheel("acme-lib", "2.0"))
    with pytest.raises(Conflict) as caught:
        project.lock(a_step("x", one), a_step("y", other, line=9))
    assert [step for step, _, _ in caught.value.asked] == ["x", "y"]
    lock = project.lock(a_step("x", one), a_step("y", other, group="own"))
    assert (entry(lock, "x").version, entry(lock, "y").version) == ("1.0", "2.0")


def test_a_wheel_for_another_platform_is_told_before_it_is_fetched(project, files):
    step = a_step("x", at(files, a_wheel("acme-lib", tag="cp311-cp311-manylinux_2_17_aarch64")))
    with pytest.raises(FileUnfit, match="another Python or platform") as caught:
        project.lock(step)
    assert (caught.value.exit_code, files.asked) == (25, [])
    # Nothing of it is built here: it need not run on this machine.
    assert entry(project.lock(step, targets={"x": ARM}), "x").version == "1.0"


@pytest.mark.parametrize(
    ("name", "made", "fault", "said"),
    [
        ("other", a_wheel("acme-lib"), FileUnfit, "is a wheel of acme-lib"),
        ("acme-lib", ("acme_lib-any-py3-none-any.whl", b""), FileUnfit, "is not called as a wheel"),
        ("acme-lib", ("acme_lib-2.0-py3-none-any.whl", a_wheel("acme-lib")[1]), BrokenWheel, "1.0"),
        ("acme-lib", ("acme_lib-2.0-py3-none-any.whl", b"<html>"), BrokenWheel, "no wheel"),
        ("acme-lib", an_sdist("other"), SourceBuildFailed, "other"),
    ],
)
def test_a_file_that_is_not_what_is_asked_for(project, files, name, made, fault, said):
    with pytest.raises(fault, match=said) as caught:
        project.lock(a_step("x", at(files, made, name)))
    assert caught.value.exit_code in (25, 28)
    assert caught.value.hint
    assert not project.folder.exists()


def as_zip(made: tuple[str, bytes]) -> tuple[str, bytes]:
    """As a forge gives a tag: a zip whose name says no distribution."""
    stream = io.BytesIO()
    with (
        tarfile.open(fileobj=io.BytesIO(made[1])) as archive,
        zipfile.ZipFile(stream, "w") as out,
    ):
        for member in archive.getmembers():
            data = archive.extractfile(member)
            out.writestr(zipfile.ZipInfo(member.name), b"" if data is None else data.read())
    return "v1.0.zip", stream.getvalue()


@pytest.mark.parametrize("form", [lambda made: made, as_zip])
def test_a_source_archive_is_built_the_same_everywhere(project, files, elsewhere, form):
    made = form(an_sdist("acme-lib"))
    step = a_step("x", at(files, made))
    with pytest.raises(FileUnfit, match="forbid to build") as caught:
        project.lock(step, builds=False)
    assert (caught.value.exit_code, files.asked) == (25, [])
    lock = project.lock(step)
    found = entry(lock, "x")
    assert (found.wheel.filename, found.sdist) == ("acme_lib-1.0-py3-none-any.whl", None)
    assert found.source is not None
    assert found.source.digest == digest(made[1])
    assert any("runs its build on this machine" in line for line in project.lines)
    elsewhere()
    assert project.fill(lock)
    files.add((made[0], made[1] + b"\0"))
    elsewhere()
    with pytest.raises(HashMismatch):
        project.fill(lock)


@pytest.mark.parametrize(
    "setting",
    ["no-build = true", 'no-build-package = ["Acme.Lib"]', 'pip = { only-binary = [":all:"] }'],
)
def test_settings_of_uv_forbid_builds_of_archives_at_addresses_too(
    project, files, settings, tmp_path, setting
):
    (tmp_path / "uv.toml").write_text(f"{setting}\n")
    settings.delenv("UV_NO_CONFIG")
    settings.setenv("UV_CONFIG_FILE", str(tmp_path / "uv.toml"))
    with pytest.raises(FileUnfit, match="forbid to build"):
        project.lock(a_step("x", at(files, an_sdist("acme-lib"))))


def test_a_login_is_pip_s_own_and_stands_nowhere(project, files, settings, tmp_path, elsewhere):
    files.password = "s3cret"
    text = at(files, a_wheel("acme-lib"))
    with pytest.raises(FetchFailed, match="401") as caught:
        project.lock(a_step("x", text))
    assert (caught.value.exit_code, "netrc" in caught.value.hint) == (26, True)
    (tmp_path / "home").mkdir()
    netrc = tmp_path / "home/.netrc"
    netrc.write_text("machine 127.0.0.1 login me password s3cret\n")
    netrc.chmod(0o600)
    settings.setenv("HOME", str(tmp_path / "home"))
    lock = project.lock(a_step("x", text))
    elsewhere()
    assert project.fill(lock)
    # Of a login in an address nothing is used or told, whoever gives it.
    netrc.unlink()
    elsewhere()
    with pytest.raises(FetchFailed) as caught:
        project.lock(a_step("x", text.replace("//", "//me:s3cret@")), upgrade="all")
    assert "s3cret" not in f"{caught.value} {caught.value.hint} {project.text()}"
    kept = Path(os.environ["OPS0_CACHE_DIR"])
    assert not any(b"s3cret" in one.read_bytes() for one in kept.rglob("*") if one.is_file())


@pytest.mark.parametrize("fault", [404, 500, "reset"])
def test_a_host_that_does_not_give_it(project, files, fault):
    step = a_step("x", at(files, a_wheel("acme-lib")))
    files.fault = lambda path, count: fault
    with pytest.raises(FetchFailed, match="acme-lib at http://127") as caught:
        project.lock(step)
    assert (caught.value.exit_code, project.folder.exists()) == (26, False)


def test_what_a_file_needs_from_another_address(index, project, files):
    other = at(files, a_wheel("other-lib", "3.0"), "other-lib")
    lock = project.lock(a_step("x", at(files, a_wheel("acme-lib", "1.0", other))))
    assert versions(lock, "x") == {"acme-lib": "1.0", "other-lib": "3.0"}
    assert index.asked == []


def test_a_file_elsewhere_names_none_of_this_machine(project, files, tmp_path):
    name, data = a_wheel("other-lib")
    (tmp_path / name).write_bytes(data)
    lied = a_wheel("acme-lib", "1.0", f"other-lib @ file://{tmp_path}/{name}")
    with pytest.raises(TreeRefused, match="folder of this machine"):
        project.lock(a_step("x", at(files, lied)))


def test_a_name_that_the_project_takes_from_an_address_is_never_asked_of_an_index(
    index, project, files
):
    index.add(a_wheel("top", "1.0", "acme-lib"))
    text = at(files, a_wheel("acme-lib"))
    held = (Constraint(text, Where("requirements.txt", 1)),)
    step = a_step("x", "top")
    lock = lock_pipeline(
        a_pipeline(step),
        folder=project.folder,
        root=project.root,
        targets={"x": TARGET},
        constraints=held,
    )
    assert versions(lock, "x") == {"acme-lib": "1.0", "top": "1.0"}
    assert not any("acme" in path for path in index.asked)
    assert stale(project, step, constraints=held) == ()
    moved = (Constraint(at(files, a_wheel("acme-lib", "2.0")), Where("requirements.txt", 1)),)
    assert "locked from another address" in str(stale(project, step, constraints=moved))


def test_all_platforms_get_the_same_bytes(project, files, elsewhere):
    step = a_step("x", at(files, a_wheel("acme-lib")))
    lock = project.lock(step)
    files.add(a_wheel("acme-lib", body="OTHER = 1\n"))
    elsewhere()
    with pytest.raises(HashMismatch):
        project.lock(step, targets={"x": ARM})
    assert stale(project, step) == ()
    assert entry(lock, "x").version == "1.0"


def test_without_a_network_its_wheel_is_carried(project, files, tmp_path, elsewhere):
    wheel, archive = a_wheel("acme-lib"), an_sdist("built")
    step = a_step("x", at(files, wheel), at(files, archive, "built"))
    lock = project.lock(step)
    export_wheelhouse(lock, project.fill(lock), tmp_path / "carried")
    elsewhere()
    files.asked.clear()
    files.fault = lambda path, count: 503
    taken = take_wheelhouse(lock, tmp_path / "carried", steps=None)
    assert sorted(path.name for path in taken.values()) == [
        "acme_lib-1.0-py3-none-any.whl",
        "built-1.0-py3-none-any.whl",
    ]
    assert files.asked == []
