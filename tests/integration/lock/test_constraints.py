"""What the project's own files say of versions and files holds for what is needed in turn, with the real uv and pip."""

from __future__ import annotations

import pytest
from locking import TARGET, a_pipeline, a_step, a_wheel, sha256, versions

from ops0.core.pipeline import Where
from ops0_builder.lock import check_lock, lock_pipeline, read_lock
from ops0_builder.lock.constraints import Constraint, OtherFile
from ops0_builder.lock.errors import Conflict, LockStale

STEP = a_step("s", "client")


@pytest.fixture(autouse=True)
def two_versions_of_what_is_needed_in_turn(index):
    index.add(a_wheel("client", "1.0", "names>=1"))
    index.add(*(a_wheel("names", version) for version in ("1.0", "2.0", "3.0")))
    index.add(a_wheel("unused", "1.0"))


def said(text: str, *hashes: str, line: int = 1) -> Constraint:
    return Constraint(text, Where("requirements.txt", line), hashes)


def locked(project, *constraints: Constraint):
    lock = lock_pipeline(
        a_pipeline(STEP),
        folder=project.folder,
        root=project.root,
        targets={"s": TARGET},
        constraints=constraints,
    )
    return versions(lock, "s")


def test_a_pin_of_the_projects_files_holds_for_what_a_need_needs(project):
    assert locked(project) == {"client": "1.0", "names": "3.0"}
    found = locked(project, said("names==2.0"), said("unused==1.0"), said("nowhere==7"))
    assert found == {"client": "1.0", "names": "2.0"}


def test_a_lock_that_breaks_a_pin_is_out_of_date_and_one_that_keeps_it_asks_nobody(project, index):
    locked(project)
    place = {"folder": project.folder, "targets": {"s": TARGET}}
    pinned = (said("names==2.0", line=4),)
    (change,) = check_lock(a_pipeline(STEP), constraints=pinned, **place)
    assert str(change) == "s: (names 3.0 is locked, requirements.txt:4 says names==2.0)"
    with pytest.raises(LockStale) as fault:
        read_lock(a_pipeline(STEP), constraints=pinned, **place)
    assert fault.value.hint == "update it: ops0 lock"
    locked(project, *pinned)
    index.asked.clear()
    assert locked(project, *pinned)["names"] == "2.0"
    assert locked(project, said("names<3"))["names"] == "2.0"
    assert locked(project)["names"] == "2.0"
    assert index.asked == []


def test_a_pin_that_cannot_hold_is_named_with_its_place(project):
    with pytest.raises(Conflict) as fault:
        locked(project, said("unused==1.0", line=1), said("names==0.5", line=2))
    assert fault.value.asked == (("s", "flow.py:1", "client"),)
    assert fault.value.held == (("requirements.txt:2", "names==0.5"),)
    assert "  requirements.txt:2: the project wants names==0.5" in str(fault.value)


def test_a_file_that_is_none_of_those_named_is_refused_and_nothing_is_stored(project, index):
    right = sha256(index.files["names-3.0-py3-none-any.whl"])
    with pytest.raises(OtherFile):
        locked(project, said("names==3.0", "0" * 64))
    assert not project.folder.exists()
    assert locked(project, said("names==3.0", "0" * 64, right))["names"] == "3.0"


def test_a_users_own_constraints_hold_beside_them(project, settings, tmp_path):
    own = tmp_path / "own.txt"
    own.write_text("client==1.0\nnames<3\n")
    settings.setenv("UV_CONSTRAINT", str(own))
    assert locked(project, said("unused==1.0"), said("names>1"))["names"] == "2.0"
