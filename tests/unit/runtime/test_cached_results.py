"""Cached results on disk: whole or none, this user's own, bounded, and safe for whoever uses one."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ops0.core.values.store import load_value, save_value
from ops0.host.leftovers import Leftover
from ops0.host.sealed_cache import PrivateFolder
from ops0.runtime.engine import Member
from ops0.runtime.keeping.cached_results import Entry, ResultCache
from ops0.runtime.keeping.old_results import (
    UNNAMED_SECONDS,
    CachedResult,
    result_leftovers,
    spent,
)
from ops0.runtime.keeping.recipes import Recipe
from ops0.runtime.outputs.folder_members import folder_members
from ops0.runtime.outputs.results import BadOutput

KEY, OTHER = "a" * 64, "b" * 64
RECIPE = Recipe(code="c", inputs={"x": "1"})
NOW = 1_800_000_000.0


def output(value: Any, nonce: str = "n") -> tuple[list[Member], bytes]:
    data = json.dumps(value).encode()
    file = {"name": "value.json", "size": len(data), "sha256": hashlib.sha256(data).hexdigest()}
    said = {"format": "json", "type": "builtins.int", "size": len(data), "files": [file]}
    made = {"v": 1, "run": "r", "call": "c", "attempt": 1, "nonce": nonce, "python": "3.11.2"}
    manifest = json.dumps({**made, "value": {**said, "preview": "", "items": None}}).encode()
    return [Member("value.json", "file", len(data), BytesIO(data).read)], manifest


@pytest.fixture
def cache(tmp_path: Path) -> ResultCache:
    folder = tmp_path / "results"
    index = PrivateFolder(folder=folder / "index", secret=tmp_path / "key")
    return ResultCache(folder, index, now=lambda: NOW)


def keep(cache: ResultCache, key: str, value: Any, ttl: float | None = None) -> Entry:
    cache.keep(key, "p/c", RECIPE, ttl, *output(value, nonce=f"{key}{value}"))
    entry = cache.find(key)
    assert entry is not None
    return entry


def test_what_is_kept_is_taken_whole(cache: ResultCache, tmp_path: Path) -> None:
    assert cache.find(KEY) is None
    assert cache.last("p/c") is None
    entry = keep(cache, KEY, 7, ttl=60.0)
    assert (entry.run, entry.made, entry.until) == ("r", NOW, NOW + 60)
    assert cache.last("p/c") == RECIPE
    manifest = cache.take(entry, tmp_path / "taken")
    assert manifest.value.type == "builtins.int"
    assert (tmp_path / "taken/value.json").read_text() == "7"


def test_a_folder_is_kept_with_those_in_it_that_are_empty(
    cache: ResultCache, tmp_path: Path
) -> None:
    """Else whoever takes it finds a folder missing, however often it is run again."""
    made = tmp_path / "made"
    (made / "empty" / "deep").mkdir(parents=True)
    (made / "a.txt").write_text("a")
    value = save_value(made, str(tmp_path / "out"))
    head = {"v": 1, "run": "r", "call": "c", "attempt": 1, "nonce": "n", "python": "3.11.2"}
    manifest = json.dumps({**head, "value": value}).encode()
    cache.keep(KEY, "p/c", RECIPE, None, folder_members(tmp_path / "out"), manifest)
    entry = cache.find(KEY)
    assert entry is not None
    cache.take(entry, tmp_path / "taken")
    found = load_value(value, str(tmp_path / "taken"))
    inside = sorted(str(path.relative_to(found)) for path in found.rglob("*"))
    assert inside == ["a.txt", "empty", "empty/deep"]


def test_a_later_one_takes_its_place(cache: ResultCache, tmp_path: Path) -> None:
    first = keep(cache, KEY, 1)
    second = keep(cache, KEY, 2)
    cache.drop(KEY, first)
    assert cache.find(KEY) == second, "only the first one is dropped"
    cache.take(second, tmp_path / "taken")


@pytest.mark.parametrize(
    "damage", ["flip", "cut", "grow", "gone", "link", "manifest", "no manifest"]
)
def test_damage_is_found_before_use(cache: ResultCache, tmp_path: Path, damage: str) -> None:
    entry = keep(cache, KEY, "a value of some length")
    folder = cache.value(entry.manifest)
    file, manifest = folder / "value.json", folder / "manifest.json"
    data = bytearray(file.read_bytes())
    if damage == "flip":
        data[3] ^= 1
        file.write_bytes(data)
    elif damage == "cut":
        file.write_bytes(data[:-1])
    elif damage == "grow":
        file.write_bytes(data + b" ")
    elif damage == "gone":
        file.unlink()
    elif damage == "link":
        file.rename(tmp_path / "elsewhere")
        file.symlink_to(tmp_path / "elsewhere")
    elif damage == "manifest":
        manifest.write_bytes(manifest.read_bytes().replace(b"3.11.2", b"3.11.3"))
    else:
        manifest.unlink()
    with pytest.raises((BadOutput, OSError)):
        cache.take(entry, tmp_path / "taken")


@pytest.mark.parametrize("text", ["{}", "[]", "x", '{"manifest":"../../etc","made":0}', '{"v":'])
def test_an_index_that_somebody_else_wrote_is_not_believed(cache: ResultCache, text: str) -> None:
    keep(cache, KEY, 1)
    (cache.index.folder / KEY).write_text(f"{'0' * 64}\n{text}")
    assert cache.find(KEY) is None
    cache.index.put(KEY, text.encode())
    assert cache.find(KEY) is None


def removed(found: list[Leftover]) -> list[str]:
    assert all(one.remove() for one in found)
    return [Path(one.name).name for one in found]


def test_gc_takes_what_has_expired_and_what_nobody_names(cache: ResultCache) -> None:
    short, long = keep(cache, KEY, 1, ttl=60.0), keep(cache, OTHER, 2)
    stray = cache.values / ("c" * 64)
    shutil.copytree(cache.value(long.manifest), stray)
    os.utime(stray, (NOW, NOW))
    assert removed(list(result_leftovers(NOW + 59, cache=cache))) == []
    later = NOW + UNNAMED_SECONDS + 1
    assert removed(list(result_leftovers(later, cache=cache))) == [short.manifest, stray.name]
    assert (cache.find(KEY), cache.find(OTHER)) == (None, long)
    assert removed(list(result_leftovers(later, room=0, cache=cache))) == [long.manifest]
    assert list(cache.values.iterdir()) == []


def test_gc_takes_nothing_from_a_run_that_uses_it(cache: ResultCache, tmp_path: Path) -> None:
    entry = keep(cache, KEY, 1)
    cache.take(entry, tmp_path / "taken")
    removed(list(result_leftovers(NOW, room=0, cache=cache)))
    assert (tmp_path / "taken/value.json").read_text() == "1"


@given(
    st.lists(st.tuples(st.floats(0, 100), st.integers(0, 100), st.none() | st.floats(0, 100))),
    st.none() | st.floats(0, 100),
    st.none() | st.integers(0, 300),
)
def test_what_stays_is_within_the_bounds(
    told: list[tuple[float, int, float | None]], age: float | None, room: int | None
) -> None:
    kept = [
        CachedResult(
            str(n), NOW - used, Entry(manifest=str(n), made=0, until=until, run="r", size=size)
        )
        for n, (used, size, ends) in enumerate(told)
        for until in [None if ends is None else NOW + ends - 50]
    ]
    gone = spent(kept, NOW, age, room)
    stays = [one for one in kept if one not in gone]
    assert room is None or sum(one.entry.size for one in stays) <= room
    assert age is None or all(one.used >= NOW - age for one in stays)
    assert all(one.entry.until is None or one.entry.until >= NOW for one in stays)
    if age is None and room is None:
        assert all(one.entry.until is not None and one.entry.until < NOW for one in gone)


def test_what_a_killed_process_left_in_the_folder_is_in_nobodys_way(
    cache: ResultCache, tmp_path: Path
) -> None:
    entry = keep(cache, KEY, 7)
    (tmp_path / "taken").mkdir()
    (tmp_path / "taken/value.json").write_text("hal")
    cache.take(entry, tmp_path / "taken")
    assert (tmp_path / "taken/value.json").read_text() == "7"
