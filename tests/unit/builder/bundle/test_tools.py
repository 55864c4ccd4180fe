"""The wheels of ops0 itself in a bundle: named, hashed and refused like all else."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import pytest

from ops0.host.process import Completed
from ops0_builder.bundle.archive import BLOCK
from ops0_builder.bundle.errors import BundleDamaged
from ops0_builder.bundle.reading import opened
from ops0_builder.bundle.tools import LONGEST, NoTools, installed, make_tools, short_name
from ops0_builder.bundle.writing import write_bundle
from ops0_builder.lock.fetch import Pip

from .conftest import Made

LONG = "charset_normalizer-3.5.3-cp311-cp311-manylinux1_x86_64.manylinux_2_28_x86_64.manylinux_2_5_x86_64.whl"


@pytest.fixture
def with_tools(made: Made, tmp_path: Path) -> Path:
    tools = {}
    for name in ("ops0-0.1.0-py3-none-any.whl", "click-8.1-py3-none-any.whl"):
        (tmp_path / name).write_bytes(name.encode() * 100)
        tools[name] = tmp_path / name
    path = tmp_path / "flow.ops0"
    write_bundle(path, made.bundle, made.images, made.locks, made.folder, tools=tools)
    return path


def test_they_are_read_back_and_stay_away_from_the_engine(with_tools: Path, made: Made) -> None:
    with opened(with_tools) as bundle, opened(made.path) as plain:
        assert bundle.tools == ("click-8.1-py3-none-any.whl", "ops0-0.1.0-py3-none-any.whl")
        assert plain.tools == ()
        assert b"".join(bundle.image_archive()) == b"".join(plain.image_archive())
        assert bundle.size == with_tools.stat().st_size


@pytest.mark.parametrize("at", [b"ops0-0.1.0-py3-none-any.whlops0", b"ops0/tools/click"])
def test_one_that_was_changed_is_refused(with_tools: Path, at: bytes) -> None:
    raw = bytearray(with_tools.read_bytes())
    raw[raw.rindex(at) + 3] ^= 1
    with_tools.write_bytes(bytes(raw))
    with pytest.raises(BundleDamaged), opened(with_tools):
        pass


def test_one_that_is_taken_away_is_refused(with_tools: Path) -> None:
    raw = with_tools.read_bytes()
    start = raw.rindex(b"ops0/tools/ops0-")  # its header, the last one of the file
    assert start % BLOCK == 0
    with_tools.write_bytes(raw[:start] + bytes(2 * BLOCK))
    with pytest.raises(BundleDamaged, match="tools are not those"), opened(with_tools):
        pass


@pytest.mark.parametrize(
    ("name", "short"),
    [
        ("click-8.1-py3-none-any.whl", "click-8.1-py3-none-any.whl"),
        (LONG, LONG.removesuffix(".manylinux_2_5_x86_64.whl") + ".whl"),
    ],
)
def test_a_long_name_keeps_the_platforms_that_fit(name: str, short: str) -> None:
    assert short_name(name) == short
    assert len(short) <= LONGEST


def test_a_name_that_never_fits_is_told() -> None:
    with pytest.raises(NoTools, match="more than 89"):
        short_name(f"{'a' * 90}-1-py3-none-any.whl")


def test_they_are_the_same_bytes_whatever_their_times(tmp_path: Path) -> None:
    def pip(year: int) -> Pip:
        def run(argv: tuple[str, ...], **_: object) -> Completed:
            assert "--constraint" in argv
            place = Path(argv[argv.index("--wheel-dir") + 1], "ops0-1-py3-none-any.whl")
            with zipfile.ZipFile(place, "w") as wheel:
                wheel.writestr(zipfile.ZipInfo("ops0/a.py", (year, 1, 1, 0, 0, 0)), "a")
            return Completed(argv=argv, code=0, out="", err="")

        return Pip(environment={}, run=run)  # type: ignore[arg-type]

    made = []
    for year in (1999, 2026):
        folder = tmp_path / str(year)
        folder.mkdir()
        made.append(make_tools(folder, pip(year), lambda _: None)["ops0-1-py3-none-any.whl"])
    assert made[0].read_bytes() == made[1].read_bytes()
    assert zipfile.ZipFile(io.BytesIO(made[0].read_bytes())).namelist() == ["ops0/a.py"]


def test_what_pip_says_is_told(tmp_path: Path) -> None:
    def run(argv: tuple[str, ...], **_: object) -> Completed:
        return Completed(argv=argv, code=1, out="", err="ERROR: no https://u:canary@index.example")

    with pytest.raises(NoTools, match="ERROR: no") as told:
        make_tools(tmp_path, Pip(environment={}, run=run), lambda _: None)  # type: ignore[arg-type]
    assert "canary" not in str(told.value)


def test_what_is_installed_is_pinned() -> None:
    pins = list(installed())
    assert any(pin.startswith("click==") for pin in pins)
    assert not any(pin.startswith("ops0==") for pin in pins)
