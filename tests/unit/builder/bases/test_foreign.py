"""Images of another platform: their recipes, and the proof by reading."""

from __future__ import annotations

import struct
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from ops0.core.locked import Target
from ops0.core.project_files import MemorySource
from ops0_builder.bases.foreign import foreign_tag
from ops0_builder.building.foreign_proof import elf_machine, faults, is_there
from ops0_builder.planning.plan import make_plan
from ops0_builder.planning.runner_files import RunnerFiles
from ops0_builder.planning.tree import BuildTree, build_tree

ARM = Target(python="3.11", platform="linux/arm64", glibc=(2, 36))


def elf(machine: int, order: str = "<") -> bytes:
    return (
        b"\x7fELF\x02"
        + (b"\x01" if order == "<" else b"\x02")
        + bytes(10)
        + struct.pack(f"{order}HH", 3, machine)
    )


@pytest.fixture
def packages(tmp_path: Path) -> Path:
    (tmp_path / "pandas/_libs").mkdir(parents=True)
    (tmp_path / "pandas/__init__.py").touch()
    (tmp_path / "pandas/_libs/lib.cpython-311-aarch64-linux-gnu.so").write_bytes(elf(183))
    (tmp_path / "six.py").touch()
    (tmp_path / "_yaml.abi3.so").write_bytes(elf(183))
    return tmp_path


@pytest.mark.parametrize(
    ("name", "there"),
    [
        ("pandas", True),
        ("pandas._libs.lib", True),
        ("pandas._libs", True),
        ("pandas.gone", False),
        ("six", True),
        ("six.moves", True),
        ("_yaml", True),
        ("_yam", False),
        ("gone", False),
    ],
)
def test_whether_a_modules_file_is_there(packages: Path, name: str, there: bool) -> None:
    assert is_there(packages, name) is there


def test_a_whole_image_has_no_fault(packages: Path) -> None:
    assert list(faults(packages, ("pandas", "six", "_yaml"), "linux/arm64")) == []


def test_what_is_missing_and_what_is_of_another_machine_is_named(packages: Path) -> None:
    (packages / "pandas/_libs/wrong.so.1").write_bytes(elf(62))
    assert list(faults(packages, ("six", "gone"), "linux/arm64")) == [
        ("gone", "no file of it is there"),
        ("pandas", "pandas/_libs/wrong.so.1 is for another machine"),
    ]


@pytest.mark.parametrize(
    ("data", "machine"),
    [
        (elf(62), 62),
        (elf(183, ">"), 183),
        (b"\x7fELF", None),
        (b"#!/bin/sh\n" * 9, None),
        (b"", None),
    ],
)
def test_the_machine_of_a_file(tmp_path: Path, data: bytes, machine: int | None) -> None:
    (tmp_path / "x.so").write_bytes(data)
    assert elf_machine(tmp_path / "x.so") == machine


def tree_of(make: Any, *, native: str) -> BuildTree:
    base = replace(make.base(), reference="the-base", target=ARM, native=native)
    plan = make_plan(
        make.pipeline(make.step("one")),
        make.lock(one=(make.distribution("heavy"),)),
        {"one": base},
        source=MemorySource(),
        runner=RunnerFiles({"ops0_runner/__init__.py": b""}),
    )
    uv = make.distribution("uv").wheel
    return build_tree(plan, source=MemorySource(), runner=RunnerFiles({}), uv=uv)


def dockerfile(tree: BuildTree) -> str:
    return tree.contexts[tree.targets["one"].recipe].files["Dockerfile"].decode()  # type: ignore[index]


def test_a_foreign_images_layers_are_made_on_the_engines_own_base(make: Any) -> None:
    tree = tree_of(make, native="ops0-base:3.11")
    lines = dockerfile(tree).splitlines()
    stages = [line for line in lines if line.startswith("FROM ")]
    assert len(stages) == 3
    assert all(line.startswith("FROM --platform=$BUILDPLATFORM native AS ") for line in stages[:2])
    assert lines.index("FROM base AS image") > max(
        at for at, line in enumerate(lines) if "RUN" in line
    )  # nothing is run on the other platform
    assert '"packages", "1700000000", "aarch64-manylinux_2_36"]' in dockerfile(tree)
    target = next(iter(tree.bake["target"].values()))  # type: ignore[attr-defined]
    assert target["platforms"] == ["linux/arm64"]
    assert target["contexts"]["native"] == "docker-image://ops0-base:3.11"
    assert target["contexts"]["base"] == "docker-image://the-base"


def test_an_image_of_the_engines_own_platform_knows_no_other_base(make: Any) -> None:
    tree = tree_of(make, native="")
    assert "native" not in dockerfile(tree)
    assert '"packages", "1700000000"]' in dockerfile(tree)
    target = next(iter(tree.bake["target"].values()))  # type: ignore[attr-defined]
    assert "native" not in target["contexts"]


def test_the_tag_of_a_foreign_base() -> None:
    assert foreign_tag("3.11", "linux/arm64") == "ops0-base:3.11-arm64"
