"""A wheel that is not what it says, or leads where it must not, is found before it is installed."""

from __future__ import annotations

import stat
import zipfile
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

import pytest

from ops0_builder.lock.errors import BrokenWheel, HashMismatch
from ops0_builder.lock.taking import take_expected
from ops0_builder.lock.wheel_check import wheel_fault
from ops0_builder.lock.wheelhouse import Wheelhouse, file_sha256

INFO = "lie-1.0.dist-info"
METADATA = "Metadata-Version: 2.1\nName: lie\nVersion: 1.0\n\nA text.\n\nName: another\n"
WHEEL = "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
WHOLE = {
    "lie/__init__.py": "",
    f"{INFO}/METADATA": METADATA,
    f"{INFO}/WHEEL": WHEEL,
    f"{INFO}/RECORD": "",
}


def a_wheel(
    folder: Path, members: Mapping[str, str] = MappingProxyType({}), *, without: str = ""
) -> Path:
    """A wheel with these members beside, or instead of, its own."""
    path = folder / "lie-1.0-py3-none-any.whl"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in {**WHOLE, **members}.items():
            if name != without:
                archive.writestr(zipfile.ZipInfo(name), text)
    return path


@pytest.mark.parametrize(
    "members",
    [
        {},
        {f"{INFO}/METADATA": METADATA.replace("lie", "LIE").replace("1.0", "1.0.0")},
        {f"{INFO}/RECORD": "lie/__init__.py,sha256=AAAA,1\n"},
        {"lie-1.0.data/scripts/lie": "#!python\n", "lie-1.0.data/data/share/x": "x"},
        {"lie/": "", "lie/a/": "", "lie/a/b": "", "lie/naïve.py": "", "lie/..x": ""},
    ],
    ids=["plain", "other spelling", "wrong record", "data", "folders"],
)
def test_a_whole_wheel(tmp_path: Path, members: dict[str, str]) -> None:
    assert wheel_fault(a_wheel(tmp_path, members)) is None


@pytest.mark.parametrize(
    ("members", "told"),
    [
        ({"../evil.py": ""}, "leads out"),
        ({"lie/../../evil.py": ""}, "leads out"),
        ({"lie-1.0.data/data/../../../../etc/x": ""}, "leads out"),
        ({"/etc/x": ""}, "leads out"),
        ({"lie/a\nb.py": ""}, "control character"),
        ({f"lie/{'ä' * 128}.py": ""}, "255 bytes"),
        ({"lie-1.0.data/nonsense/x": ""}, "'nonsense' is no kind of data"),
        ({"lie/a": "", "lie/a/b": ""}, "'lie/a': it is a file and a folder"),
        ({"other-1.0.dist-info/METADATA": METADATA}, "2 .dist-info folders"),
        ({f"{INFO}/METADATA": METADATA.replace("lie", "other")}, "names 'other', not 'lie'"),
        ({f"{INFO}/METADATA": METADATA.replace("1.0", "2.0")}, "version '2.0', not '1.0'"),
        ({f"{INFO}/METADATA": "Name: lie\nVersion: new\n"}, "version 'new'"),
        ({f"{INFO}/METADATA": ""}, "names None"),
        ({f"{INFO}/WHEEL": WHEEL.replace("1.0", "2.0")}, "Wheel-Version is '2.0'"),
    ],
)
def test_a_broken_wheel(tmp_path: Path, members: dict[str, str], told: str) -> None:
    assert told in str(wheel_fault(a_wheel(tmp_path, members)))


@pytest.mark.parametrize("name", ["METADATA", "WHEEL", "RECORD"])
def test_a_document_that_is_missing(tmp_path: Path, name: str) -> None:
    fault = wheel_fault(a_wheel(tmp_path, without=f"{INFO}/{name}"))
    assert fault == f"it has no {INFO}/{name}"


def test_a_member_that_is_there_twice(tmp_path: Path) -> None:
    path = a_wheel(tmp_path)
    with zipfile.ZipFile(path, "a") as archive, pytest.warns(UserWarning, match="Duplicate"):
        archive.writestr("lie/__init__.py", "")  # some builders do
    assert wheel_fault(path) is None
    with zipfile.ZipFile(path, "a") as archive, pytest.warns(UserWarning, match="Duplicate"):
        archive.writestr("lie/__init__.py", "other")
    assert "twice" in str(wheel_fault(path))


def test_one_that_unpacks_to_far_more_than_it_is(tmp_path: Path) -> None:
    path = a_wheel(tmp_path)
    block = bytes(1 << 24)
    with (
        zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED, compresslevel=1) as archive,
        archive.open("lie/zeros.bin", "w", force_zip64=True) as to,
    ):
        for _ in range(65):
            to.write(block)
    assert "it unpacks to 1.1 GB" in str(wheel_fault(path))


@pytest.mark.parametrize("data", [b"", b"no archive", b"PK\x05\x06" + bytes(17)])
def test_what_is_no_archive(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "lie-1.0-py3-none-any.whl"
    path.write_bytes(data)
    assert str(wheel_fault(path)).startswith("it cannot be read")


def test_one_that_breaks_off_or_is_encrypted(tmp_path: Path) -> None:
    path = a_wheel(tmp_path)
    data = path.read_bytes()
    path.write_bytes(data[: len(data) // 2])
    assert str(wheel_fault(path)).startswith("it cannot be read")
    central = data.index(b"PK\x01\x02")
    path.write_bytes(data[: central + 8] + b"\x01" + data[central + 9 :])
    assert "encrypted" in str(wheel_fault(path))


def test_only_what_was_expected_and_is_whole_is_kept(tmp_path: Path) -> None:
    house = Wheelhouse(tmp_path / "house")
    for members, sha256, fault in (
        ({}, "0" * 64, HashMismatch),
        ({"../x": ""}, None, BrokenWheel),
    ):
        path = a_wheel(tmp_path, members)
        with pytest.raises(fault):
            take_expected(path, sha256, house)
        assert [one for one in house.folder.rglob("*") if one.is_file()] == []
    path = a_wheel(tmp_path)
    taken = take_expected(path, file_sha256(path), house)
    assert stat.S_IMODE(house.path(taken).stat().st_mode) == 0o444


def test_a_refused_file_that_is_already_kept_stays_kept(tmp_path: Path) -> None:
    house = Wheelhouse(tmp_path / "house")
    kept = take_expected(a_wheel(tmp_path), None, house)
    with pytest.raises(HashMismatch):
        take_expected(a_wheel(tmp_path), "0" * 64, house)
    assert house.path(kept).is_file()  # another project's lock names it
