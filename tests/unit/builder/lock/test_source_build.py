"""What a source archive says of its build, and that one which cannot be read is an error of its own."""

from __future__ import annotations

import tracemalloc
import zipfile
from pathlib import Path

import pytest

from ops0.core.locked import Target
from ops0.host.process import Completed
from ops0_builder.lock.build_requires import build_system
from ops0_builder.lock.place_errors import SourceBuildFailed
from ops0_builder.lock.source_build import build_wheel
from ops0_builder.lock.uv_program import Uv
from ops0_builder.lock.wheelhouse import Wheelhouse

ENCRYPTED = 0x1


def a_zip(path: Path, text: str) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a-1/pyproject.toml", text)
    return path


def test_a_zip_says_what_builds_it(tmp_path):
    archive = a_zip(tmp_path / "a-1.zip", '[build-system]\nrequires = ["flit_core"]\n')
    assert build_system(archive, "a 1").requires == ("flit_core",)


@pytest.mark.parametrize(("local", "central", "value"), [(6, 8, ENCRYPTED), (8, 10, 99)])
def test_a_zip_with_a_member_that_cannot_be_read_is_told(tmp_path, local, central, value):
    archive = a_zip(tmp_path / "a-1.zip", "x = 1")
    data = bytearray(archive.read_bytes())
    data[local] = value
    data[data.find(b"PK\x01\x02") + central] = value
    archive.write_bytes(data)
    with pytest.raises(SourceBuildFailed, match="cannot be read"):
        build_system(archive, "a 1")


def test_of_a_huge_member_only_what_counts_is_unpacked(tmp_path):
    archive = a_zip(tmp_path / "a-1.zip", "#" * (64 << 20))
    tracemalloc.start()
    try:
        build_system(archive, "a 1")
        assert tracemalloc.get_traced_memory()[1] < 32 << 20
    finally:
        tracemalloc.stop()


def test_why_a_build_failed_stands_at_its_end(tmp_path):
    lines = [*(f"copying {number}.py" for number in range(50)), "error: no such file: 'gcc'"]
    own = "error: Failed to build `a`\n  cause: https://u:secret@x.example\nhint: Build failures usually are"

    def run(argv, **_):
        code = 1 if "build" in argv else 0
        return Completed(argv=argv, code=code, out="", err="\n".join([*lines, own]))

    uv = Uv(program="/uv", folder=tmp_path, environment={}, run=run)
    with pytest.raises(SourceBuildFailed, match="the build failed") as caught:
        build_wheel(
            tmp_path / "a-1.zip", "a 1", Target(python="3.11"), uv, Wheelhouse(tmp_path), ()
        )
    said = caught.value.said.splitlines()
    assert said[-3:] == [
        "  error: no such file: 'gcc'",
        "  error: Failed to build `a`",
        "    cause: https://****@x.example",
    ]
    assert len(said) == 20
