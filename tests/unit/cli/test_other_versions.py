"""Which libraries processes have at other versions than images get, in one line."""

from __future__ import annotations

from pathlib import Path

import pytest
from handmade import a_need, a_pipeline, a_step

from ops0.cli.other_versions import other_versions
from ops0.core.locked import Lock, LockedDistribution, LockedFile, LockedSource, StepLock, Target
from ops0.host.installed import installed_versions

TARGET = Target(python="3.11", platform="linux/amd64", glibc=(2, 36))


def a_step_lock(step: str, source: LockedSource | None = None, **versions: str) -> StepLock:
    distributions = tuple(
        LockedDistribution(
            name=name,
            version=version,
            wheel=LockedFile(
                filename=f"{name}-{version}-py3-none-any.whl", sha256="0" * 64, size=1
            ),
            source=source,
        )
        for name, version in versions.items()
    )
    return StepLock(step=step, target=TARGET, distributions=distributions, digest="")


def a_lock(step: str, source: LockedSource | None = None, **versions: str) -> Lock:
    return Lock(inputs="", steps=(a_step_lock(step, source, **versions),))


def told(lock: Lock | None, needs: tuple[str, ...] = ("pandas",), **installed: str) -> str | None:
    pipeline = a_pipeline([a_step("s", needs=tuple(map(a_need, needs)))])
    found = other_versions(pipeline, lock, installed)
    return None if found is None else found[0].partition(": ")[2]


@pytest.mark.parametrize(
    ("locked", "installed", "said"),
    [
        ({"pandas": "2.2.3"}, {"pandas": "2.2.3"}, None),
        ({"pandas": "2.2.3"}, {"pandas": "2.1.0"}, "pandas 2.1.0 (locked: 2.2.3)"),
        ({"pandas": "2.2.3"}, {}, None),
        ({"torch": "2.3.0+cpu"}, {"torch": "2.3.0"}, None),
        ({"six": "1.16"}, {"six": "1.16.0"}, None),
        ({"certifi": "2024.8.30"}, {"certifi": "2024.08.30"}, None),
        ({"torch": "2.0.0rc1"}, {"torch": "2.0rc1"}, None),
        ({"torch": "2.0"}, {"torch": "2.0rc1"}, "torch 2.0rc1 (locked: 2.0)"),
        ({"pytz": "2004d"}, {"pytz": "2004D"}, None),
        ({"pytz": "2004d-x"}, {"pytz": "2004d-y"}, "pytz 2004d-y (locked: 2004d-x)"),
        (
            {"numpy": "2.0", "pandas": "2.2.3"},
            {"numpy": "1.26", "pandas": "2.1"},
            "pandas 2.1 (locked: 2.2.3), numpy 1.26 (locked: 2.0)",
        ),
    ],
)
def test_what_is_locked_is_what_images_get(
    locked: dict[str, str], installed: dict[str, str], said: str | None
) -> None:
    assert told(a_lock("s", **locked), **installed) == said


@pytest.mark.parametrize(
    ("versions", "said"),
    [
        (("1.0", "2.0"), "lib 2.0 (locked: 1.0)"),
        (("2.0", "1.0"), "lib 2.0 (locked: 1.0)"),
        (("2.0", "2.0"), None),
        (("1.5", "1.0"), "lib 2.0 (locked: 1.0 and 1.5)"),
    ],
)
def test_a_step_apart_from_the_others_has_its_own(
    versions: tuple[str, ...], said: str | None
) -> None:
    steps = [a_step(name, needs=(a_need("lib"),)) for name in "ab"]
    locks = (a_step_lock(name, lib=one) for name, one in zip("ab", versions, strict=True))
    found = other_versions(a_pipeline(steps), Lock(inputs="", steps=tuple(locks)), {"lib": "2.0"})
    assert (None if found is None else found[0].partition(": ")[2]) == said


def test_only_the_first_are_named() -> None:
    names = [f"lib{one}" for one in "abcdef"]
    said = told(a_lock("s", **dict.fromkeys(names, "2")), **dict.fromkeys(names, "1"))
    assert said is not None
    assert said.endswith("libd 1 (locked: 2) and 2 more")


@pytest.mark.parametrize(
    ("need", "said"),
    [
        ("pandas", None),
        ("pandas<2", "pandas 2.2.3 (declared: <2)"),
        ("pandas>=2", None),
        ("pandas<2; python_version < '3'", None),
        ("pandas @ git+https://x.example/pandas", None),
    ],
)
def test_without_a_lock_what_is_declared_counts(need: str, said: str | None) -> None:
    assert told(None, (need,), pandas="2.2.3") == said


def test_a_folder_that_is_named_and_other_pipelines_steps_say_nothing() -> None:
    source = LockedSource(kind="folder", place="libs/acme", digest="0")
    assert told(a_lock("s", source, acme="1.0"), acme="0.0.dev1") is None
    assert told(a_lock("other", pandas="1"), pandas="2") is None
    far = LockedSource(kind="url", place="https://x.example/acme.whl", digest="0")
    assert "acme 0.9" in str(told(a_lock("s", far, acme="1.0"), acme="0.9"))


def test_versions_are_read_from_names_of_folders(tmp_path: Path) -> None:
    for name in ("Zope.Interface-6.0.dist-info", "my_lib-1.2.egg-info", "my_lib", "x.dist-info"):
        (tmp_path / name).mkdir()
    (tmp_path / "b").mkdir()
    (tmp_path / "b/my_lib-9.dist-info").mkdir()
    found = installed_versions([str(tmp_path), str(tmp_path / "b"), str(tmp_path / "gone")])
    assert found == {"zope-interface": "6.0", "my-lib": "1.2"}
