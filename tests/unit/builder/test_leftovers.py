"""What ``ops0 gc`` may take of builds, and above all what it may not."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from ops0.host.folders import cache_dir, file_lock, write_aside
from ops0.host.owner import this_process
from ops0_builder.about.image import kept_contents
from ops0_builder.building.foresight import foreseen
from ops0_builder.building.proof import _was_proved
from ops0_builder.building.unproven import STALE_SECONDS, is_left, is_unproven, unproven_mark
from ops0_builder.environments import environments_dir, environments_lock
from ops0_builder.lock.wheelhouse import user_wheelhouse
from ops0_builder.planning.context import Context, contexts_dir, contexts_lock, mark_used, stage
from ops0_builder.registry.folders import pushes_dir, pushes_lock
from ops0_builder.sweeping.image_bytes import Stack, freed
from ops0_builder.sweeping.leftovers import UNUSED_SECONDS, folder_leftovers
from ops0_builder.sweeping.old_images import StepImage, replaced
from ops0_builder.sweeping.old_notes import UNUSED_SECONDS as NOTES_UNUSED_SECONDS
from ops0_builder.sweeping.old_notes import note_leftovers
from ops0_builder.whole_folder import WHOLE

ME = this_process()
GONE = replace(ME, started=ME.started + 1)
ELSEWHERE = replace(GONE, machine="0" * 12)
NOW = 1_800_000_000.0
LATER = time.time() + UNUSED_SECONDS + 3600


@pytest.fixture(autouse=True)
def own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPS0_CACHE_DIR", str(tmp_path / "cache"))


def test_a_mark_is_a_tag_and_names_its_build() -> None:
    mark = unproven_mark(replace(ME, pid=4_194_304, started=2**50), NOW, "a1b2c3d4")
    assert len(mark) <= 128
    assert set(mark) <= set("abcdefghijklmnopqrstuvwxyz0123456789.-_")
    assert is_unproven(mark)


@pytest.mark.parametrize(
    ("owner", "age", "left"),
    [
        (ME, 0, False),
        (ME, STALE_SECONDS + 1, True),
        (GONE, 0, True),
        (ELSEWHERE, STALE_SECONDS - 1, False),
        (ELSEWHERE, STALE_SECONDS + 1, True),
    ],
)
def test_a_mark_is_left_when_its_build_is_gone_or_too_old(
    owner: object, age: float, left: bool
) -> None:
    assert isinstance(owner, type(ME))
    assert is_left(unproven_mark(owner, NOW - age, "aa"), ME, NOW) is left


@pytest.mark.parametrize("tag", ["861de61ae959cc96", "unproven-x-aa", "latest", "unproven-"])
def test_no_other_tag_is_left(tag: str) -> None:
    assert not is_left(tag, ME, NOW)


def test_a_mark_of_an_older_ops0_is_judged_by_its_age() -> None:
    assert is_left("unproven-1000000000-aa", ME, NOW)
    assert not is_left("unproven-9999999999-aa", ME, NOW)


def staged(name: str) -> Path:
    return stage(Context(name=name, files={"a": b"12345"}), contexts_dir(), {})


def found(now: float) -> list[tuple[str, str, int | None]]:
    return [(one.kind, Path(one.name).name, one.size) for one in folder_leftovers(now)]


def test_a_context_goes_when_no_build_has_used_it_for_a_day() -> None:
    folder = staged("code")
    assert found(time.time()) == []
    assert found(LATER) == [("context", folder.name, 5)]
    (one,) = folder_leftovers(LATER)
    assert one.remove()
    assert not folder.exists()
    assert one.remove()  # again: gone is gone


def test_what_is_staged_again_counts_as_used() -> None:
    folder = staged("code")
    before = folder.stat()
    time.sleep(0.02)
    mark_used(folder)
    after = folder.stat()
    assert after.st_ctime > before.st_ctime
    assert after.st_mtime_ns == before.st_mtime_ns


def test_a_context_stays_while_a_build_runs() -> None:
    staged("code")
    (one,) = folder_leftovers(LATER)
    with file_lock(contexts_lock(), shared=True), file_lock(contexts_lock(), shared=True):
        assert found(LATER) == []
        assert not one.remove()
    assert one.remove()


def test_a_context_that_is_used_after_it_was_found_stays() -> None:
    folder = staged("code")
    limit = folder.stat().st_ctime + UNUSED_SECONDS + 0.001
    (one,) = folder_leftovers(limit)
    time.sleep(0.02)
    mark_used(folder)
    assert not one.remove()
    assert folder.is_dir()


def test_a_half_written_context_goes_when_its_build_is_over() -> None:
    half = contexts_dir() / ".code-abcdef"
    half.mkdir(parents=True)
    with file_lock(contexts_lock(), shared=True):
        assert found(LATER) == []
    assert found(time.time()) == [("context", ".code-abcdef", 0)]


def test_a_workplace_goes_when_nobody_holds_it() -> None:
    left = cache_dir() / "wheels" / ".work-left"
    left.mkdir(parents=True)
    (left / "half.whl").write_bytes(b"1234")
    with user_wheelhouse().workplace() as held:
        (held / "x").write_bytes(b"123")
        assert found(LATER) == []
    (one,) = folder_leftovers(time.time())
    assert (one.kind, one.name, one.size) == ("wheels", str(left), 4)
    with user_wheelhouse().workplace():
        assert not one.remove()
    assert one.remove()
    assert not left.exists()


def test_wheels_themselves_stay() -> None:
    place = cache_dir() / "wheels" / "ab" / "cd"
    place.mkdir(parents=True)
    (place / "x.whl").write_bytes(b"1")
    os.utime(place, (0, 0))
    assert found(LATER) == []


def image(name: str, tagged: str = "", digest: str | None = None) -> StepImage:
    return StepImage(name=name, digest=digest or f"sha256:{name}", tagged=tagged)


def test_the_newest_of_each_step_stay_and_so_does_what_is_used() -> None:
    images = [image(f"ops0/p/a:{n}", f"2026-01-0{n}T00:00:00Z") for n in (1, 2, 3, 4)]
    images += [image("ops0/p/b:1", "2020-01-01T00:00:00Z"), image("sha256:x", digest="sha256:x")]
    names = [one.name for one in replaced(images, 2, frozenset())]
    assert names == ["ops0/p/a:1", "ops0/p/a:2", "sha256:x"]
    for used in ("ops0/p/a:2", "sha256:ops0/p/a:2"):
        names = [one.name for one in replaced(images, 2, frozenset({used}))]
        assert names == ["ops0/p/a:1", "sha256:x"]
    assert len(replaced(images, 0, frozenset())) == 6


@pytest.mark.parametrize(
    ("older", "newer"),
    [
        ("2026-01-01T10:00:00Z", "2026-01-01T10:00:00.5Z"),
        ("2026-01-01T10:00:00.1Z", "2026-01-01T10:00:00.12Z"),
        ("2026-10-25T02:59:00+02:00", "2026-10-25T02:01:00+01:00"),
        ("0001-01-01T00:00:00Z", "2026-01-01T10:00:00Z"),
        ("", "2026-01-01T10:00:00Z"),
    ],
)
def test_the_newest_is_told_by_the_time_and_not_by_how_it_is_written(
    older: str, newer: str
) -> None:
    images = [image("ops0/p/a:z", older), image("ops0/p/a:a", newer)]
    assert [one.name for one in replaced(images, 1, frozenset())] == ["ops0/p/a:z"]


def test_notes_of_images_go_when_nothing_has_read_them_for_a_month() -> None:
    month = time.time() + NOTES_UNUSED_SECONDS + 60
    notes = cache_dir() / "contents"
    for name in ("read", "unread"):
        write_aside(notes / name, b"1234")
    os.utime(notes / "read", (month - 3600, month - 3600))
    assert list(note_leftovers(time.time())) == []
    (one,) = note_leftovers(month)
    assert (one.kind, one.name, one.size) == ("notes", str(notes), 4)
    assert one.remove()
    assert [path.name for path in notes.iterdir()] == ["read"]


@pytest.mark.parametrize(
    "read_it",
    [
        kept_contents,
        foreseen,
        lambda note: _was_proved(note, None),
    ],
)
def test_a_note_that_is_read_counts_as_used(read_it: Callable[[Path], object]) -> None:
    note = cache_dir() / "contents" / "aa.json"
    write_aside(note, b"{}")
    os.utime(note, (0, 0))
    read_it(note)
    assert list(note_leftovers(time.time())) == []


def test_shared_layers_are_counted_once_and_only_when_the_last_goes() -> None:
    gone = {
        "one": Stack(("base", "pandas", "a"), (100, 10, 1)),
        "two": Stack(("base", "pandas", "b"), (100, 10, 2)),
    }
    assert freed(gone, [Stack(("base", "numpy"))]) == {"one": 11, "two": 2}
    assert freed(gone, [Stack(("base", "pandas"))]) == {"one": 1, "two": 2}
    assert freed(gone, []) == {"one": 111, "two": 2}


def test_blobs_of_a_killed_push_go_when_no_push_lives() -> None:
    left = pushes_dir() / "killed"
    left.mkdir(parents=True)
    (left / "blob").write_bytes(b"1234")
    with file_lock(pushes_lock(), shared=True):
        assert found(LATER) == []
    (one,) = folder_leftovers(time.time())
    assert (one.kind, one.name, one.size) == ("push", str(left), 4)
    with file_lock(pushes_lock(), shared=True):
        assert not one.remove()
    assert one.remove()
    assert not left.exists()


def test_environments_go_when_no_run_has_used_them_for_a_day() -> None:
    whole, half = environments_dir() / "aa", environments_dir() / "bb"
    for folder in (whole, half):
        folder.mkdir(parents=True)
    (whole / WHOLE).touch()
    with file_lock(environments_lock(), shared=True):
        assert found(LATER) == []
    assert found(time.time()) == [("environment", "bb", 0)]  # left by a killed ops0
    assert found(LATER) == [("environment", "aa", 0), ("environment", "bb", 0)]
    kept = next(iter(folder_leftovers(LATER)))
    with file_lock(environments_lock(), shared=True):
        assert not kept.remove()
    assert kept.remove()
    assert not whole.exists()
