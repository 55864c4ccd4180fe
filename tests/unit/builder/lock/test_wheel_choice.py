from __future__ import annotations

from dataclasses import replace

import pytest
from packaging.tags import Tag

from ops0.core.locked import Target
from ops0_builder.lock.wheel_choice import best_wheel, platform_tags, target_tags, wheel_rank

PY311 = Target(python="3.11", glibc=(2, 36))


def test_platform_tags_go_from_new_to_old():
    tags = platform_tags(replace(PY311, glibc=(2, 18)))
    assert tags[:4] == (
        "manylinux_2_18_x86_64",
        "manylinux_2_17_x86_64",
        "manylinux2014_x86_64",
        "manylinux_2_16_x86_64",
    )
    assert tags[-3:] == ("manylinux_2_5_x86_64", "manylinux1_x86_64", "linux_x86_64")


def test_arm_starts_at_2014():
    tags = platform_tags(Target(python="3.12", platform="linux/arm64/v8", glibc=(2, 17)))
    assert tags == ("manylinux_2_17_aarch64", "manylinux2014_aarch64", "linux_aarch64")


FITS = [
    ("a-1-cp311-cp311-manylinux_2_36_x86_64.whl", True),
    ("a-1-cp311-cp311-manylinux_2_17_x86_64.manylinux2014_x86_64.whl", True),
    ("a-1-cp311-cp311-manylinux1_x86_64.whl", True),
    ("a-1-cp38-abi3-manylinux_2_28_x86_64.whl", True),
    ("a-1-cp311-abi3-manylinux_2_28_x86_64.whl", True),
    ("a-1-py3-none-any.whl", True),
    ("a-1-py2.py3-none-any.whl", True),
    ("a-1-py311-none-any.whl", True),
    ("a-1-cp311-none-any.whl", True),
    ("a-1-py3-none-manylinux_2_17_x86_64.whl", True),
    ("a-1-cp311-cp311-linux_x86_64.whl", True),
    ("a-1-cp311-cp311-manylinux_2_37_x86_64.whl", False),
    ("a-1-cp312-cp312-manylinux_2_17_x86_64.whl", False),
    ("a-1-cp312-abi3-manylinux_2_17_x86_64.whl", False),
    ("a-1-cp311-cp311t-manylinux_2_17_x86_64.whl", False),
    ("a-1-pp311-pypy311_pp73-manylinux_2_17_x86_64.whl", False),
    ("a-1-cp311-cp311-musllinux_1_2_x86_64.whl", False),
    ("a-1-cp311-cp311-manylinux_2_17_aarch64.whl", False),
    ("a-1-cp311-cp311-macosx_11_0_x86_64.whl", False),
    ("a-1-cp311-cp311-win_amd64.whl", False),
    ("a-1-py312-none-any.whl", False),
    ("a-1-py2-none-any.whl", False),
    ("a-1.tar.gz", False),
    ("a.whl", False),
]


@pytest.mark.parametrize(("filename", "fits"), FITS)
def test_what_fits_a_target(filename, fits):
    assert (wheel_rank(filename, PY311) is not None) is fits


def test_the_best_is_the_most_specific():
    order = [
        "a-1-cp311-cp311-manylinux_2_28_x86_64.whl",
        "a-1-cp311-cp311-manylinux_2_17_x86_64.manylinux2014_x86_64.whl",
        "a-1-cp311-abi3-manylinux_2_28_x86_64.whl",
        "a-1-cp39-abi3-manylinux_2_28_x86_64.whl",
        "a-1-py3-none-any.whl",
    ]
    while order:
        assert best_wheel(reversed(order), PY311) == order[0]
        assert best_wheel(order, PY311) == order[0]
        order = order[1:]
    assert best_wheel([], PY311) is None


def test_a_higher_build_number_wins():
    names = ["a-1-py3-none-any.whl", "a-1-2-py3-none-any.whl", "a-1-10-py3-none-any.whl"]
    assert best_wheel(names, PY311) == "a-1-10-py3-none-any.whl"


def test_an_older_python_takes_its_own():
    py38 = Target(python="3.8", glibc=(2, 31))
    names = ["a-1-cp38-cp38-manylinux_2_17_x86_64.whl", "a-1-cp311-cp311-manylinux_2_17_x86_64.whl"]
    assert best_wheel(names, py38) == names[0]


def test_tags_are_those_of_an_installer():
    ranks = target_tags(PY311)
    assert ranks[Tag("cp311", "cp311", "manylinux_2_36_x86_64")] == 0
    assert ranks[Tag("py3", "none", "any")] < ranks[Tag("py30", "none", "any")]
