"""What an attempt left behind is its result only where all that its manifest names is there, byte for byte."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from io import BytesIO
from typing import Any

import pytest

from ops0.core.values.bounds import LARGEST_MANIFEST
from ops0.core.values.digest import FileDigest
from ops0.runtime.engine import Member
from ops0.runtime.outputs.manifest import Manifest, Value, ValueFile
from ops0.runtime.outputs.results import BadOutput
from ops0.runtime.outputs.stored import check_members, stored_attempt, stored_manifest

SMALL, LARGE = b"abc", bytes(2**20) + b"the end"


def member(name: str, data: bytes, kind: str = "file") -> Member:
    return Member(name, kind, len(data), BytesIO(data).read)


def named(name: str, data: bytes) -> ValueFile:
    digest = FileDigest()
    digest.update(data)
    return ValueFile(name=name, size=len(data), sha256=digest.text())


def a_value(*files: ValueFile, **other: Any) -> Value:
    return Value(format="pickle", type="t", size=0, files=files, preview="", **other)


@pytest.fixture
def manifest() -> Manifest:
    """Two files, one of them of an item, and one of them longer than is read at once."""
    value = a_value(named("a", SMALL), items=(a_value(named("b/c", LARGE)),))
    return Manifest(run="r", call="c", attempt=1, nonce="n", value=value, python="3.11.2")


def test_all_of_it_in_any_order_with_anything_beside_is_whole(manifest: Manifest) -> None:
    beside = [member("more", b"x"), member("b", b"", "folder"), member("manifest.json", b"{}")]
    check_members([member("b/c", LARGE), *beside, member("a", SMALL)], manifest)


@pytest.mark.parametrize(
    ("made", "fact"),
    [
        ([], "'a' is missing"),
        ([member("a", SMALL)], "'b/c' is missing"),
        ([member("a", b"abd"), member("b/c", LARGE)], "'a' is not what"),
        ([member("a", b"ab"), member("b/c", LARGE)], "'a' is not what"),
        ([member("a", b"abcd"), member("b/c", LARGE)], "'a' is not what"),
        ([member("a", SMALL, "symlink"), member("b/c", LARGE)], "'a' is missing"),
        ([member("a", SMALL), member("b/c", LARGE[:-1] + b"D")], "'b/c' is not what"),
    ],
)
def test_anything_else_is_not(manifest: Manifest, made: list[Member], fact: str) -> None:
    with pytest.raises(BadOutput, match=fact):
        check_members(made, manifest)


@pytest.mark.parametrize(
    ("made", "found"),
    [
        ([member("a", SMALL), member("manifest.json", b"{}")], b"{}"),
        ([member("manifest.json", b"{}", "symlink")], None),
        ([Member("manifest.json", "file", LARGEST_MANIFEST + 1, bytes)], None),
        ([member("b/manifest.json", b"{}")], None),
        ([], None),
    ],
)
def test_its_manifest_is_a_file_of_its_own_folder(made: list[Member], found: bytes | None) -> None:
    assert stored_manifest(made) == found


def test_of_an_attempt_that_left_one_nobody_knows_how_it_ended() -> None:
    def made() -> Iterator[Member]:
        yield member("manifest.json", b"{}")

    nothing: Callable[[], Iterator[Member]] = lambda: iter(())  # noqa: E731
    assert stored_attempt(nothing) is None
    attempt = stored_attempt(made)
    assert attempt is not None
    ended = attempt.wait(lambda: True)
    assert (ended.lost, ended.code, attempt.manifest()) == (True, 255, b"{}")
    assert not attempt.listen(lambda: True)
    assert [one.name for one in attempt.members()] == ["manifest.json"]
