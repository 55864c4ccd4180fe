from __future__ import annotations

import base64
import hashlib
import io
import stat
import zipfile

import pytest

from ops0_builder.lock.wheel_normal import normal_wheel

MEMBERS = {
    "x/__init__.py": b"VALUE = 1\n" * 50,
    "x-1.dist-info/RECORD": b"x/__init__.py,,\n",
    "x-1.dist-info/METADATA": b"Name: x\n",
    "x-1.data/scripts/run": b"#!python\n",
}


def a_wheel(names, *, when, method, executable=()):
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", method) as archive:
        archive.writestr(zipfile.ZipInfo("x/", date_time=when), b"")
        for name in names:
            info = zipfile.ZipInfo(name, date_time=when)
            info.compress_type = method
            info.external_attr = (0o775 if name in executable else 0o600) << 16
            archive.writestr(info, MEMBERS[name])
    return stream.getvalue()


def test_two_builds_of_the_same_members_are_the_same_bytes():
    script = ("x-1.data/scripts/run",)
    one = a_wheel(
        MEMBERS, when=(2020, 1, 2, 3, 4, 6), method=zipfile.ZIP_DEFLATED, executable=script
    )
    two = a_wheel(
        reversed(MEMBERS), when=(2024, 1, 1, 0, 0, 0), method=zipfile.ZIP_STORED, executable=script
    )
    assert one != two
    assert normal_wheel(one) == normal_wheel(two)
    assert normal_wheel(normal_wheel(one)) == normal_wheel(one)


def test_members_and_their_executable_bit_stay():
    data = a_wheel(
        MEMBERS,
        when=(2020, 1, 1, 0, 0, 0),
        method=zipfile.ZIP_DEFLATED,
        executable=("x-1.data/scripts/run",),
    )
    with zipfile.ZipFile(io.BytesIO(normal_wheel(data))) as archive:
        infos = archive.infolist()
        assert {info.filename: archive.read(info) for info in infos} == MEMBERS
        modes = {info.filename: stat.S_IMODE(info.external_attr >> 16) for info in infos}
    assert [info.filename for info in infos] == [
        "x-1.data/scripts/run",
        "x/__init__.py",
        "x-1.dist-info/METADATA",
        "x-1.dist-info/RECORD",
    ]
    assert modes == {name: 0o755 if name.endswith("run") else 0o644 for name in MEMBERS}


def test_what_is_no_wheel_is_refused():
    with pytest.raises(zipfile.BadZipFile):
        normal_wheel(b"no zip")


def test_a_path_of_the_machine_that_built_it_is_no_part_of_a_wheel() -> None:
    """poetry writes one for a dependency in a folder: uv looked for it there, and no other machine built the same."""

    def recorded(text: str) -> str:
        digest = base64.urlsafe_b64encode(hashlib.sha256(text.encode()).digest()).decode()
        return f"a-1.dist-info/METADATA,sha256={digest.rstrip('=')},{len(text)}\n"

    def built(needs: str) -> dict[str, str]:
        stream = io.BytesIO()
        metadata = f"Name: a\nVersion: 1\nRequires-Dist: idna (>=3)\n{needs}\nA text @ file:///kept"
        with zipfile.ZipFile(stream, "w") as archive:
            archive.writestr("a-1.dist-info/METADATA", metadata)
            archive.writestr("a-1.dist-info/RECORD", recorded(metadata))
        with zipfile.ZipFile(io.BytesIO(normal_wheel(stream.getvalue()))) as archive:
            return {name: archive.read(name).decode() for name in archive.namelist()}

    paths = "Requires-Dist: b-lib[x] @ file:///work/b\nRequires-Dist: c @ file:///c ; extra == 'y'"
    names = "Requires-Dist: b-lib[x]\nRequires-Dist: c ; extra == 'y'"
    assert built(paths) == built(names)
    assert "A text @ file:///kept" in built(paths)["a-1.dist-info/METADATA"]
