"""The engine's own disk full while images are built, loaded from a bundle or sent, and while steps write.

One clear error with what to do, no tag of half an image, and right again once there is room.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from driver.command import Said
from driver.second_engine import can_be_started

from faults.disks import can_be_made, fill, small_disk
from faults.engines import Mortal, mortal
from faults.reference import Row, times
from faults.shop import RIGHT, Shop

pytestmark = [pytest.mark.docker, pytest.mark.slow]


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Mortal]:
    if not can_be_made() or not can_be_started():
        pytest.skip("needs dockerd, root and loop devices")
    # The names of its sockets are long enough: not below the test's own folder.
    place = tmp_path_factory.mktemp("disk")
    with small_disk(place, 900) as disk, mortal(tmp_path_factory.mktemp("e"), disk) as own:
        yield own


@contextmanager
def filled(engine: Mortal, kib: int) -> Iterator[None]:
    """Leave so many KiB on the engine's disk for a block."""
    filler = engine.data / "filler"
    fill(filler, leaving=kib * 1024)
    try:
        yield
    finally:
        filler.unlink()


def judge(row: Row, shop: Shop, engine: Mortal, first: Said, what: str, again: Said) -> None:
    row.runs += 1
    row.survived += first.code == 0
    if first.code != 0 and (
        "no space left on " not in first.err.lower()
        or "hint: " not in first.err
        or "Traceback" in first.err
        or "fault of ops0" in first.err
    ):
        row.mute.append(f"{what}: {first.code} {first.err[-900:]}")
    if again.code != 0:
        row.lost.append(f"{what}: {again.err[-900:]}")
    row.leaked += [f"{what}: {one}" for one in (*shop.half(), *shop.on_the_engine())]
    done = shop.do("run", "--containers", "--json")
    if done.code != 0 or next(iter(done.data["results"].values())) != RIGHT:
        row.wrong.append(f"{what}: {done}")


def a_shop(folder: Path, engine: Mortal) -> Shop:
    return Shop(folder=folder, name="full", registry="127.0.0.1:1/none", engine=engine.address)


LEFT = (64, 12_000, 45_000, 60_000, 75_000, 90_000)
"""KiB: from nothing at all to about enough for the two images. The installer alone has 38,000."""


def test_a_build(engine: Mortal, tmp_path: Path, row: Callable[..., Row]) -> None:
    full = row("the engine's disk full in a build")
    for number in range(times(1, 12)):
        shop = a_shop(tmp_path / str(number), engine)
        shop.edit(number + 1)
        with filled(engine, LEFT[(number + 2) % len(LEFT)]):
            first = shop.do("build", "--json")
            tags = shop.tags() if first.code != 0 else []
        full.wrong += [f"{number}: {tag} of a build that failed" for tag in tags]
        judge(full, shop, engine, first, str(number), shop.do("build", "--json"))
        shop.forget()
        engine.docker("builder", "prune", "-af")


def test_a_bundle_is_loaded(engine: Mortal, tmp_path: Path, row: Callable[..., Row]) -> None:
    full = row("the engine's disk full while a bundle is loaded")
    shop = a_shop(tmp_path / "shop", engine)
    bundle = str(shop.folder / "flow.ops0")
    made = shop.do("bundle", "create", "-o", bundle)
    assert made.code == 0, made.err
    for number in range(times(1, 12)):
        shop.forget()
        engine.docker("builder", "prune", "-af")
        with filled(engine, LEFT[(number + 1) % len(LEFT)]):
            first = shop.do("bundle", "load", bundle)
        judge(full, shop, engine, first, str(number), shop.do("bundle", "load", bundle))
        with filled(engine, LEFT[number % len(LEFT)]):
            first = shop.do("run", bundle, "--containers", "--json", "--offline")
        again = shop.do("run", bundle, "--containers", "--json", "--offline")
        judge(full, shop, engine, first, f"{number}, run", again)
