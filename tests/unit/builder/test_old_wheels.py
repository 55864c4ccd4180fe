"""Which wheels ``ops0 gc`` takes by age and room, and above all which it may not."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ops0.core.digest import sha256
from ops0.core.locked import LockedFile
from ops0.host.folders import file_lock
from ops0_builder.lock.wheelhouse import Wheelhouse, user_wheelhouse
from ops0_builder.sweeping.old_images import StepImage, tagged_before
from ops0_builder.sweeping.old_wheels import IN_USE_SECONDS, KeptWheel, spent, wheel_leftovers

NOW = 1_800_000_000.0
DAY = 24 * 3600.0


def wheel(number: int, days: float, size: int) -> KeptWheel:
    return KeptWheel(folder=Path(f"{number:02}"), name="x.whl", size=size, used=NOW - days * DAY)


WHEELS = (wheel(1, 0.5, 10), wheel(2, 2, 20), wheel(3, 40, 30), wheel(4, 60, 5))


def test_by_age_those_used_longest_ago_first() -> None:
    assert spent(WHEELS, NOW, 30 * DAY, None) == (WHEELS[3], WHEELS[2])
    assert spent(WHEELS, NOW, None, None) == ()


def test_by_room_the_newest_that_fit_stay() -> None:
    assert spent(WHEELS, NOW, None, 65) == ()
    assert spent(WHEELS, NOW, None, 59) == (WHEELS[2],), "the small one before it still fits"
    assert spent(WHEELS, NOW, None, 30) == (WHEELS[3], WHEELS[2])
    assert spent(WHEELS, NOW, None, 0) == (WHEELS[3], WHEELS[2], WHEELS[1]), "the first is in use"


@given(
    st.lists(st.tuples(st.floats(0, 100), st.integers(0, 1000)), max_size=20),
    st.none() | st.floats(0, 100),
    st.none() | st.integers(0, 5000),
)
def test_what_stays_is_in_use_or_within_the_bounds(
    told: list[tuple[float, int]], days: float | None, room: int | None
) -> None:
    wheels = [wheel(number, *one) for number, one in enumerate(told)]
    gone = spent(wheels, NOW, None if days is None else days * DAY, room)
    stay = [one for one in wheels if one not in gone]
    assert all(one.used < NOW - IN_USE_SECONDS for one in gone)
    in_use = [one for one in stay if one.used >= NOW - IN_USE_SECONDS]
    if days is not None:
        assert all(one.used >= NOW - days * DAY for one in stay if one not in in_use)
    if room is not None:
        total = sum(one.size for one in stay)
        assert total <= room or stay == in_use or total - room <= sum(one.size for one in in_use)


@pytest.fixture
def house(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Wheelhouse:
    monkeypatch.setenv("OPS0_CACHE_DIR", str(tmp_path / "cache"))
    user_wheelhouse().folder.mkdir(parents=True)
    return user_wheelhouse()


def kept(house: Wheelhouse, data: bytes, days: float) -> LockedFile:
    with house.workplace() as place:
        (place / "x.whl").write_bytes(data)
        file = house.take(place / "x.whl")
    then = time.time() - days * DAY
    os.utime(house.path(file).parent, (then, then))
    return file


def test_old_wheels_go_and_what_is_asked_for_stays(house: Wheelhouse) -> None:
    old, asked = kept(house, b"old", 50), kept(house, b"asked for", 50)
    assert sha256(b"old") == old.sha256
    found = {Path(one.name): one for one in wheel_leftovers(time.time(), 30 * DAY)}
    assert set(found) == {house.path(old), house.path(asked)}
    assert found[house.path(old)].size == 3
    assert set(house.held([asked])) == {asked.sha256}
    assert found[house.path(old)].remove()
    assert not found[house.path(asked)].remove(), "somebody has asked for it since"
    assert not house.path(old).exists()
    assert house.path(asked).exists()
    assert list(wheel_leftovers(time.time(), 30 * DAY)) == []


def test_nothing_is_removed_while_wheels_are_fetched(house: Wheelhouse) -> None:
    kept(house, b"old", 50)
    (one,) = wheel_leftovers(time.time(), None, 0)
    with file_lock(house.lock, shared=True):
        assert not one.remove()
    assert one.remove()


@pytest.mark.parametrize(
    ("tagged", "before"),
    [
        ("2027-01-15T07:59:59.123456789Z", True),
        ("2027-01-15T08:00:01Z", False),
        ("2027-01-15T09:59:59+02:00", True),
        ("2027-01-15T09:00:00", False),
        ("0001-01-01T00:00:00Z", False),
        ("", False),
    ],
)
def test_an_image_of_unknown_age_is_not_old(tagged: str, before: bool) -> None:
    assert tagged_before(StepImage(name="a:1", digest="d", tagged=tagged), NOW) is before
