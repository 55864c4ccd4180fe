"""The wheels of ops0 itself in a bundle: named, hashed and refused like all else."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import SimpleNamespace
from typing import cast

import pytest

from ops0.core.locked import Target
from ops0.host.process import Completed
from ops0_builder.bundle import tools
from ops0_builder.bundle.archive import BLOCK
from ops0_builder.bundle.errors import BundleDamaged
from ops0_builder.bundle.reading import opened
from ops0_builder.bundle.tools import LONGEST, NoTools, short_name
from ops0_builder.bundle.writing import write_bundle
from ops0_builder.lock.fetch import Pip
from ops0_builder.lock.files import Tools

from .conftest import Made

LONG = "charset_normalizer-3.5.3-cp311-cp311-manylinux1_x86_64.manylinux_2_28_x86_64.manylinux_2_5_x86_64.whl"


@pytest.fixture
def with_tools(made: Made, tmp_path: Path) -> Path:
    wheels = {}
    for name in ("ops0-0.1.0-py3-none-any.whl", "click-8.1-py3-none-any.whl"):
        (tmp_path / name).write_bytes(name.encode() * 100)
        wheels[name] = tmp_path / name
    path = tmp_path / "flow.ops0"
    write_bundle(path, made.bundle, made.images, made.locks, made.folder, tools=wheels)
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


@pytest.mark.parametrize(
    ("told", "wanted"),
    [
        ({"url": "file:///src/ops0", "dir_info": {"editable": True}}, "file:///src/ops0"),
        ({"url": "https://host.example/o.zip", "archive_info": {}}, "https://host.example/o.zip"),
        (
            {"url": "file:///src/mono", "dir_info": {}, "subdirectory": "tools/ops0"},
            "file:///src/mono#subdirectory=tools/ops0",
        ),
        (
            {
                "url": "https://host.example/team/mono",
                "vcs_info": {"vcs": "git", "commit_id": "abc", "requested_revision": "main"},
                "subdirectory": "ops0",
            },
            "git+https://host.example/team/mono@abc#subdirectory=ops0",
        ),
    ],
    ids=["folder", "archive", "part of a folder", "repository"],
)
def test_the_ops0_that_runs_is_named_as_pip_reads_it(
    monkeypatch: pytest.MonkeyPatch, told: object, wanted: str
) -> None:
    own = SimpleNamespace(version="1", read_text=lambda _: json.dumps(told))
    monkeypatch.setattr(tools.metadata, "distribution", lambda _: own)
    assert tools.requirement() == wanted


def test_one_from_an_index_is_named_by_its_version(monkeypatch: pytest.MonkeyPatch) -> None:
    own = SimpleNamespace(version="1.2", read_text=lambda _: None)
    monkeypatch.setattr(tools.metadata, "distribution", lambda _: own)
    assert tools.requirement() == "ops0==1.2"


@pytest.mark.parametrize("told", ["{}", "[]", "{", '{"url": "x", "vcs_info": {"vcs": "git"}}'])
def test_one_from_nobody_knows_where_is_told(monkeypatch: pytest.MonkeyPatch, told: str) -> None:
    own = SimpleNamespace(version="1", read_text=lambda _: told)
    monkeypatch.setattr(tools.metadata, "distribution", lambda _: own)
    with pytest.raises(NoTools, match="does not say where"):
        tools.requirement()


def wheel(member: str, year: int = 2026) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr(zipfile.ZipInfo(member, (year, 1, 1, 0, 0, 0)), "a")
    return stream.getvalue()


class World:
    """What pip and the index give, without either. ``wheels``: by Python, what ops0 needs there."""

    def __init__(self, folder: Path, wheels: Mapping[str, Mapping[str, bytes]]) -> None:
        self.folder, self.wheels = folder, wheels
        self.asked: list[Target] = []
        self.year = 2026
        pip = Pip(environment={}, run=self.run)  # type: ignore[arg-type]
        self.tools = cast("Tools", SimpleNamespace(pip=pip))

    def run(self, argv: tuple[str, ...], **_: object) -> Completed:
        assert "--no-deps" in argv
        place = Path(argv[argv.index("--wheel-dir") + 1], "ops0-1-py3-none-any.whl")
        place.write_bytes(wheel("ops0/a.py", self.year))
        return Completed(argv=argv, code=0, out="", err="")

    def wheels_for(
        self,
        requirements: Sequence[str],
        target: Target,
        preferences: Mapping[str, str],
        _tools: Tools,
        _place: str,
    ) -> Mapping[str, Path]:
        assert any(one.startswith("click") for one in requirements)
        assert not any("extra" in one for one in requirements)
        assert "click" in preferences
        assert "ops0" not in preferences
        self.asked.append(target)
        found = {}
        for name, data in self.wheels[target.python].items():
            found[name] = self.folder / f"{target.python}-{name}"
            found[name].write_bytes(data)
        return found


def made_in(
    world: World, folder: Path, monkeypatch: pytest.MonkeyPatch, *pythons: str
) -> Mapping[str, Path]:
    monkeypatch.setattr(tools, "wheels_for", world.wheels_for)
    folder.mkdir()
    targets = tools.tool_targets(pythons, "linux/arm64")
    return tools.make_tools(folder, targets, world.tools, lambda _: None)


def test_they_are_the_same_bytes_whatever_their_times(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    world = World(tmp_path, {"3.11": {}})
    made = []
    for world.year in (1999, 2026):
        found = made_in(world, tmp_path / str(world.year), monkeypatch, "3.11")
        made.append(found["ops0-1-py3-none-any.whl"].read_bytes())
    assert made[0] == made[1]
    assert zipfile.ZipFile(io.BytesIO(made[0])).namelist() == ["ops0/a.py"]


def test_they_are_for_every_python_that_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    click = {"click-8-py3-none-any.whl": wheel("click")}
    both = {
        "3.11": {**click, "a-1-cp311-cp311-manylinux_2_17_aarch64.whl": wheel("a11")},
        "3.13": {**click, "a-1-cp313-cp313-manylinux_2_17_aarch64.whl": wheel("a13")},
    }
    world = World(tmp_path, both)
    found = made_in(world, tmp_path / "both", monkeypatch, "3.11", "3.13")
    assert sorted(found) == sorted({"ops0-1-py3-none-any.whl", *both["3.11"], *both["3.13"]})
    assert [(one.python, one.platform) for one in world.asked] == [
        ("3.11", "linux/arm64"),
        ("3.13", "linux/arm64"),
    ]


def test_one_name_for_two_files_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    name = "docopt-1-py3-none-any.whl"
    world = World(tmp_path, {"3.11": {name: wheel("a")}, "3.13": {name: wheel("b")}})
    with pytest.raises(NoTools, match="another file for another Python"):
        made_in(world, tmp_path / "both", monkeypatch, "3.11", "3.13")


def test_what_pip_says_is_told(tmp_path: Path) -> None:
    def run(argv: tuple[str, ...], **_: object) -> Completed:
        return Completed(argv=argv, code=1, out="", err="ERROR: no https://u:canary@index.example")

    pip = Pip(environment={}, run=run)  # type: ignore[arg-type]
    given = cast("Tools", SimpleNamespace(pip=pip))
    with pytest.raises(NoTools, match="ERROR: no") as told:
        tools.make_tools(tmp_path, (), given, lambda _: None)
    assert "canary" not in str(told.value)
