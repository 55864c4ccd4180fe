from __future__ import annotations

import dataclasses
import glob
import json
import os
from contextlib import nullcontext, suppress
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ops0.host.engine_errors import EngineRefused
from ops0.host.engine_socket import EngineSocket
from ops0_builder.bases import finding, making
from ops0_builder.bases.facts import PROBE, BaseFacts, read_facts
from ops0_builder.bases.finding import check_glibc, resolve_base
from ops0_builder.bases.images import base_argv
from ops0_builder.build_errors import BaseUnfit
from ops0_builder.engine.engine_images import EngineImages
from ops0_builder.planning.debian import emptied, installed, packed, sources

ANSWER: dict[str, Any] = {
    "v": 1,
    "python": [3, 11],
    "libc": "glibc 2.36",
    "machine": "x86_64",
    "release": ["debian", "bookworm"],
    "packages": ["libc6"],
}

ENGINE = EngineSocket.from_environment()


def test_the_probes_answer() -> None:
    assert read_facts("x", json.dumps(ANSWER)) == BaseFacts(
        python=(3, 11),
        libc="glibc 2.36",
        glibc=(2, 36),
        machine="x86_64",
        release=("debian", "bookworm"),
        packages=("libc6",),
    )
    assert read_facts("x", json.dumps({**ANSWER, "libc": ""})).glibc is None


@pytest.mark.parametrize(
    ("said", "loaders", "libc"),
    [
        (
            "glibc 2.36",
            ["/lib/ld-musl-x86_64.so.1"],
            "glibc 2.36",
        ),  # Debian's package `musl` is beside it
        (None, ["/lib/ld-musl-x86_64.so.1"], "musl"),
        (None, [], ""),
    ],
)
def test_the_probe_tells_the_c_library(
    said: str | None,
    loaders: list[str],
    libc: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    def confstr(_: str) -> str:
        if said is None:
            raise ValueError("unrecognized configuration name")
        return said

    monkeypatch.setattr(os, "confstr", confstr)
    monkeypatch.setattr(glob, "glob", lambda path: loaders if "musl" in path else [])
    monkeypatch.setattr(os.path, "exists", lambda _: False)
    monkeypatch.setattr(os.path, "isfile", lambda _: False)
    exec(PROBE, {})
    assert json.loads(capsys.readouterr().out)["libc"] == libc


@pytest.mark.parametrize(
    ("libc", "fact"),
    [
        ("musl", r"its C library is musl, as Alpine's; wheels are locked for glibc \(manylinux\)"),
        ("uClibc 1.0", "its C library is not glibc"),
    ],
)
def test_a_base_with_another_c_library_is_unfit(libc: str, fact: str) -> None:
    facts = read_facts("x", json.dumps({**ANSWER, "libc": libc, "release": ["alpine", ""]}))
    with pytest.raises(BaseUnfit, match=fact) as told:
        finding._judged("tag", "python:3.11-alpine", "sha256:1", "", facts)
    assert "glibc, as python:3.11-slim" in str(told.value.hint)


@given(
    change=st.dictionaries(
        st.sampled_from(list(ANSWER)),
        st.none() | st.integers() | st.text(max_size=5) | st.lists(st.text(max_size=3), max_size=3),
    )
)
def test_any_other_answer_is_readable_or_unfit(change: dict[str, Any]) -> None:
    with suppress(BaseUnfit):  # anything else that it raises fails the test
        assert isinstance(read_facts("x", json.dumps({**ANSWER, **change})), BaseFacts)


@pytest.mark.parametrize("text", ["", "{", "[]", "null", json.dumps({**ANSWER, "v": 2})])
def test_no_answer_is_unfit(text: str) -> None:
    with pytest.raises(BaseUnfit):
        read_facts("x", text)


def test_an_older_c_library_than_the_locks_is_unfit(make: Any) -> None:
    new = make.base()
    check_glibc(new, (2, 36))
    old = dataclasses.replace(new, target=dataclasses.replace(new.target, glibc=(2, 31)))
    with pytest.raises(BaseUnfit, match=r"glibc 2\.31, the lock is for 2\.36"):
        check_glibc(old, (2, 36))


@pytest.mark.parametrize(
    ("change", "python", "fact"),
    [
        ({"libc": "musl"}, "", "its C library is musl"),
        ({"python": [3, 9]}, "3.11", r"it has Python 3\.9, 3\.11 is asked for"),
        ({"machine": "riscv64"}, "", "its machine is riscv64"),
    ],
)
def test_an_unfit_image_is_refused_before_a_base_is_made_of_it(
    change: dict[str, Any], python: str, fact: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = read_facts("alpine", json.dumps({**ANSWER, **change}))
    monkeypatch.setattr(finding, "image_id", lambda *_: "sha256:raw")
    monkeypatch.setattr(finding, "base_facts", lambda *_: told)
    monkeypatch.setattr(finding, "base_from", lambda *_, **__: pytest.fail("it was built"))
    images = EngineImages(lambda _tag, _kept: None)
    with pytest.raises(BaseUnfit, match=rf"alpine: .*{fact}"):
        resolve_base(python, "alpine", engine=ENGINE, images=images, say=print)


def test_an_image_that_tells_nothing_is_left_to_the_recipe(monkeypatch: pytest.MonkeyPatch) -> None:
    def facts(_engine: object, _reference: str, digest: str, _folder: Path) -> BaseFacts:
        if digest == "sha256:raw":
            raise EngineRefused("POST /start", 400, "python3: executable file not found")
        return read_facts("x", json.dumps(ANSWER))

    monkeypatch.setattr(finding, "image_id", lambda *_: "sha256:raw")
    monkeypatch.setattr(finding, "base_facts", facts)
    monkeypatch.setattr(finding, "base_from", lambda *_, **__: "sha256:made")
    images = EngineImages(lambda _tag, _kept: None)
    made = resolve_base("", "own", engine=ENGINE, images=images, say=print)
    assert made.digest == "sha256:made"


@pytest.mark.parametrize(("python", "made"), [("3.11", True), ("3.12", False)])
def test_a_base_of_an_image_that_only_the_engine_has_asks_no_registry(
    python: str, made: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And one of another Python is not put under the tag where that would be looked for."""
    built: list[tuple[str, bool]] = []
    monkeypatch.setattr(making, "image_id", lambda *_: "sha256:raw")
    monkeypatch.setattr(making, "pull_image", lambda *_: pytest.fail("it was pulled"))
    monkeypatch.setattr(finding, "base_facts", lambda *_: read_facts("own", json.dumps(ANSWER)))
    monkeypatch.setattr(making, "base_from", lambda _, tag, *__, local: built.append((tag, local)))
    with nullcontext() if made else pytest.raises(BaseUnfit) as fault:
        making.make_base(python, engine=ENGINE, say=print, source="own:1")
    assert built == ([("ops0-base:3.11", True)] if made else [])
    assert made or fault.value.hint == "`ops0 base --python 3.11 --from own:1`"


def test_a_base_is_built_from_the_engines_own_image() -> None:
    argv = base_argv("python:3.11-slim@sha256:1", "ops0-base:3.11", Path("R"), "default")
    assert "base=docker-image://python:3.11-slim@sha256:1" in argv
    assert argv[-4:] == ("--tag", "ops0-base:3.11", "--file", "R")
    assert {"HTTP_PROXY=", "https_proxy="} <= set(argv)  # none of the user's reaches the history


def test_packages_of_the_base_count_as_installed() -> None:
    status = "Package: a\nVersion: 1\n\n\nPackage: b\nStatus: install ok installed\n"
    assert installed(status) == (
        "Package: a\nVersion: 1\nStatus: install ok installed\n\n"
        "Package: b\nStatus: install ok installed\n\n"
    )
    assert installed("") == ""


def test_packages_whose_programs_a_base_does_without_are_known() -> None:
    status = "Package: a\nVersion: 1\nOps0-Programs: removed\n\nPackage: b\nDepends: a\n"
    assert emptied(status) == emptied(installed(status)) == {"a"}
    assert emptied("") == frozenset()


def test_the_archive_is_the_one_this_machine_uses() -> None:
    targets = "http://m/debian/\nhttp://m/debian-security/\nhttp://other/apt\n"
    text = sources(targets, "bookworm")
    assert [line.split()[2:] for line in text.splitlines()] == [
        ["http://m/debian", "bookworm", "main"],
        ["http://m/debian-security", "bookworm-security", "main"],
    ]
    assert sources("http://other/apt\n", "bookworm") == ""


def test_a_packed_tree_is_the_same_bytes_wherever_it_was_made(tmp_path: Path) -> None:
    def tree(name: str, order: list[str], mode: int) -> bytes:
        for path in order:
            (tmp_path / name / path).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / name / path).write_text(path)
            (tmp_path / name / path).chmod(mode)
        (tmp_path / name / "usr/lib/link").symlink_to("b.so")
        return packed(tmp_path / name)

    one = tree("one", ["usr/lib/b.so", "usr/share/doc/x", "a"], 0o755)
    two = tree("two", ["a", "usr/share/doc/x", "usr/lib/b.so"], 0o4755)
    assert one == two
    assert b"usr/share/doc/x" not in one
