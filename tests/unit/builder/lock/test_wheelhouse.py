from __future__ import annotations

import os
import stat

import pytest

from ops0.core.digest import sha256
from ops0.core.locked import LockedFile
from ops0_builder.lock.wheelhouse import Wheelhouse


@pytest.fixture
def house(tmp_path):
    return Wheelhouse(tmp_path / "wheels")


def arrived(tmp_path, name="a-1-py3-none-any.whl", data=b"bytes of a wheel"):
    path = tmp_path / name
    path.write_bytes(data)
    return path


def test_a_file_moves_in_under_its_own_hash(house, tmp_path):
    path = arrived(tmp_path)
    file = house.take(path)
    assert file == LockedFile(
        filename="a-1-py3-none-any.whl", sha256=sha256(b"bytes of a wheel"), size=16
    )
    assert not path.exists()
    place = house.folder / file.sha256[:2] / file.sha256 / file.filename
    assert house.held([file, file]) == {file.sha256: place}
    assert stat.S_IMODE(place.stat().st_mode) == 0o444


@pytest.mark.parametrize("data", [b"", b"bytes of a whee", b"bytes of A wheel"])
def test_a_damaged_file_is_found_and_dropped(house, tmp_path, data):
    file = house.take(arrived(tmp_path))
    place = house.path(file)
    before = place.stat()
    place.chmod(0o644)
    place.write_bytes(data)
    os.utime(place, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert house.held([file]) == {}
    assert not place.exists()


def test_a_folder_in_its_place_is_dropped(house, tmp_path):
    file = house.take(arrived(tmp_path))
    place = house.path(file)
    place.unlink()
    place.mkdir()
    (place / "in it").touch()
    assert house.held([file]) == {}
    assert house.take(arrived(tmp_path)) == file
    assert house.held([file]) == {file.sha256: place}


def test_what_is_not_there_is_not_held(house, tmp_path):
    file = house.take(arrived(tmp_path))
    house.drop(file)
    house.drop(file)
    assert house.held([file]) == {}


def test_a_file_is_found_by_name_and_hash(house, tmp_path):
    file = house.take(arrived(tmp_path))
    assert house.find(file.filename, file.sha256) == file
    assert house.find("b-1-py3-none-any.whl", file.sha256) is None
    assert house.find(file.filename, "0" * 64) is None
    house.path(file).chmod(0o644)
    house.path(file).write_bytes(b"other")
    assert house.find(file.filename, file.sha256) is None


def test_the_same_file_may_come_twice(house, tmp_path):
    first = house.take(arrived(tmp_path))
    assert house.take(arrived(tmp_path)) == first
    assert list(house.held([first])) == [first.sha256]


def test_a_workplace_is_gone_at_the_end(house):
    with house.workplace() as folder:
        (folder / "x").mkdir()
    assert list(house.folder.iterdir()) == [house.lock]
