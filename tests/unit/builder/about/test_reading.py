"""The contents of an image that cannot be run: what is taken out of its archive, and what is told of that."""

from __future__ import annotations

import io
import tarfile
from pathlib import Path

import pytest

from ops0_builder.about import reading
from ops0_builder.about.contents import Unreadable
from ops0_builder.about.reading import take_out

SITE = "ops0/venv/lib/python3.11/site-packages"
FILES = {
    "usr/lib/os-release": "ID=debian\nVERSION_CODENAME=bookworm\n",
    "ops0/venv/pyvenv.cfg": "home = /usr/bin\nversion = 3.11.2\n",
    f"{SITE}/pandas-2.2.3.dist-info/METADATA": "Name: pandas\nVersion: 2.2.3\n\nText\n",
    "usr/local/lib/python3.12/site-packages/pip-25.0.dist-info/METADATA": "Name: pip\nVersion: 25.0\n",
    "usr/lib/python3/dist-packages/six-1.16.dist-info/METADATA": "Name: six\nVersion: 1.16\n",
    "./var/lib/dpkg/status.d/libc6": "Package: libc6\nVersion: 2.36-9\nArchitecture: arm64\n",
}
OTHERS = {
    f"{SITE}/pandas/METADATA": "",
    "var/lib/dpkg/status.d/..": "",
    "../ops0/venv/pyvenv.cfg": "",
    "/ops0/venv/pyvenv.cfg": "",
    "etc/passwd": "",
}


def archive(files: dict[str, str], link: str | None = None) -> io.BytesIO:
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode="w") as made:
        if link is not None:
            member = tarfile.TarInfo("etc/os-release")
            member.type, member.linkname = tarfile.SYMTYPE, link
            made.addfile(member)
        for name, text in files.items():
            member = tarfile.TarInfo(name)
            member.size = len(text)
            made.addfile(member, io.BytesIO(text.encode()))
    stream.seek(0)
    return stream


def test_only_what_the_probe_reads_is_taken_out(tmp_path: Path) -> None:
    take_out(archive({**FILES, **OTHERS}, link="/etc/passwd"), tmp_path / "x")
    found = {str(one.relative_to(tmp_path / "x")) for one in tmp_path.rglob("*") if one.is_file()}
    assert found == {name.removeprefix("./") for name in FILES}


def test_a_file_too_large_to_be_a_record_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading, "LARGEST", 10)
    with pytest.raises(Unreadable, match="usr/lib/os-release has 36 bytes"):
        take_out(archive(FILES), tmp_path)
