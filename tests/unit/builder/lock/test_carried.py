"""A folder of locked wheels: written by name, read by hash, and what is wrong with it told together."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from locking import a_wheel

from ops0.core.digest import sha256
from ops0.core.errors import ErrorGroup
from ops0.core.locked import Lock, LockedDistribution, LockedFile
from ops0_builder.lock.carried import (
    NameTaken,
    WheelsMissing,
    export_wheels,
    locked_wheels,
    take_wheels,
)
from ops0_builder.lock.errors import BrokenWheel, HashMismatch
from ops0_builder.lock.wheelhouse import Wheelhouse


def distribution(name: str, data: bytes) -> LockedDistribution:
    file = LockedFile(filename=f"{name}-1.0-py3-none-any.whl", sha256=sha256(data), size=len(data))
    return LockedDistribution(name=name, version="1.0", wheel=file)


@pytest.fixture
def lock(made: Any) -> Lock:
    shared = distribution("shared", a_wheel("shared")[1])
    one = made.step_lock("one", shared, distribution("first", a_wheel("first")[1]))
    two = made.step_lock("two", shared, distribution("second", a_wheel("second")[1]))
    return Lock(inputs="", steps=(one, two))


@pytest.fixture
def wheels(lock: Lock, tmp_path: Path) -> dict[str, Path]:
    """The wheels of the machine with the index."""
    home = tmp_path / "home"
    home.mkdir()
    for file in locked_wheels(lock):
        (home / file.sha256).write_bytes(a_wheel(file.filename.partition("-")[0])[1])
    return {file.sha256: home / file.sha256 for file in locked_wheels(lock)}


@pytest.fixture
def house(tmp_path: Path) -> Wheelhouse:
    (tmp_path / "house").mkdir()
    return Wheelhouse(tmp_path / "house")


def test_what_is_exported_is_taken(
    lock: Lock, wheels: dict[str, Path], house: Wheelhouse, tmp_path: Path
) -> None:
    folder = tmp_path / "carried"
    files = export_wheels(lock, wheels, folder)
    assert sorted(one.name for one in folder.iterdir()) == [file.filename for file in files]
    assert len(files) == 3
    assert export_wheels(lock, {}, folder) == files, "what is there is not copied again"
    taken = take_wheels(lock, None, folder, house)
    assert set(taken) == set(wheels)
    assert all(sha256(path.read_bytes()) == digest for digest, path in taken.items())
    assert all(path.is_relative_to(house.folder) for path in taken.values())


def test_only_the_wheels_of_the_steps_are_taken(
    lock: Lock, wheels: dict[str, Path], house: Wheelhouse, tmp_path: Path
) -> None:
    folder = tmp_path / "carried"
    export_wheels(lock, wheels, folder)
    (folder / "second-1.0-py3-none-any.whl").unlink()
    assert len(take_wheels(lock, ["one"], folder, house)) == 2


def test_all_that_is_wrong_is_told_together_and_nothing_is_taken(
    lock: Lock, wheels: dict[str, Path], house: Wheelhouse, tmp_path: Path
) -> None:
    folder = tmp_path / "carried"
    export_wheels(lock, wheels, folder)
    (folder / "first-1.0-py3-none-any.whl").unlink()
    (folder / "second-1.0-py3-none-any.whl").unlink()
    (folder / "second-1.0-py3-none-any.whl").mkdir()
    (folder / "shared-1.0-py3-none-any.whl").write_bytes(b"other")
    with pytest.raises(ErrorGroup) as caught:
        take_wheels(lock, None, folder, house)
    missing, wrong = caught.value.errors
    assert isinstance(missing, WheelsMissing)
    assert [name.partition("-")[0] for name in missing.filenames] == ["first", "second"]
    assert isinstance(wrong, HashMismatch)
    assert wrong.actual == sha256(b"other")
    assert list(house.folder.rglob("*.whl")) == []


def test_a_wheel_must_be_in_the_folder_even_where_the_machine_has_it(
    lock: Lock, wheels: dict[str, Path], house: Wheelhouse, tmp_path: Path
) -> None:
    folder = tmp_path / "carried"
    export_wheels(lock, wheels, folder)
    take_wheels(lock, None, folder, house)
    (folder / "first-1.0-py3-none-any.whl").unlink()
    with pytest.raises(WheelsMissing, match=r"a locked wheel is missing\n  first-1\.0"):
        take_wheels(lock, None, folder, house)


def test_another_file_of_a_name_stays_and_nothing_is_written(
    lock: Lock, wheels: dict[str, Path], tmp_path: Path
) -> None:
    folder = tmp_path / "carried"
    folder.mkdir()
    (folder / "second-1.0-py3-none-any.whl").write_bytes(b"another project's")
    with pytest.raises(NameTaken) as caught:
        export_wheels(lock, wheels, folder)
    assert str(caught.value.hint).startswith("remove it")
    assert [one.read_bytes() for one in folder.iterdir()] == [b"another project's"]


def test_one_lock_with_two_files_of_a_name_is_refused(made: Any, tmp_path: Path) -> None:
    one = made.step_lock("one", distribution("same", b"1"))
    two = made.step_lock("two", distribution("same", b"2"))
    with pytest.raises(NameTaken, match="is too"):
        export_wheels(Lock(inputs="", steps=(one, two)), {}, tmp_path / "carried")


def test_a_wheel_that_changed_since_it_was_looked_at_is_not_exported(
    lock: Lock, wheels: dict[str, Path], tmp_path: Path
) -> None:
    for path in wheels.values():
        path.write_bytes(b"changed")
    with pytest.raises(HashMismatch):
        export_wheels(lock, wheels, tmp_path / "carried")
    assert list((tmp_path / "carried").iterdir()) == []


def test_a_carried_wheel_that_is_broken_is_not_taken(
    made: Any, house: Wheelhouse, tmp_path: Path
) -> None:
    folder = tmp_path / "carried"
    folder.mkdir()
    file = distribution("lie", b"no archive")
    (folder / file.wheel.filename).write_bytes(b"no archive")
    with pytest.raises(BrokenWheel):
        take_wheels(Lock(inputs="", steps=(made.step_lock("one", file),)), None, folder, house)
    assert list(house.folder.rglob("*.whl")) == []
