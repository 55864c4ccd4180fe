"""The engine killed and started again while its images are pushed, and a clock that is years off beside a registry.

Whatever comes of the push, the registry names nothing that it has not, and the next push is right.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from driver.command import Said
from driver.places import fetch_faketime
from driver.second_engine import can_be_started
from registries.needs import needs_registry
from registries.server import Registry, registry

from faults.engines import Mortal, mortal
from faults.reference import DEEP, Row, times
from faults.shop import Shop, torn
from faults.test_clock import still

pytestmark = [pytest.mark.docker, pytest.mark.slow, needs_registry]


@pytest.fixture
def served(tmp_path: Path) -> Iterator[Registry]:
    with registry(tmp_path / "registry") as one:
        yield one


@pytest.fixture
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Mortal]:
    if not can_be_started():
        pytest.skip("needs dockerd and root")
    # The names of its sockets are long enough: not below the test's own folder.
    with mortal(tmp_path_factory.mktemp("e")) as own:
        yield own


def test_the_engine_is_killed_in_a_push(
    engine: Mortal, served: Registry, tmp_path: Path, row: Callable[..., Row]
) -> None:
    """It has a network of its own, where that registry is not: ops0 reads the images out of it and sends them."""
    killed = row("dockerd killed in a push, and started again")
    shop = Shop(
        folder=tmp_path / "shop", name="push", registry="127.0.0.1:1/none", engine=engine.address
    )
    chance = random.Random(3)
    longest = 4.0
    for number in range(times(1, 20)):
        shop.registry = f"{served.host}/team/flow{number}"
        shop.edit(number + 1)
        made = shop.do("build")
        assert made.code == 0, made.err
        begun = time.monotonic()
        pushing = shop.begin("push", shop.registry, "--json")
        time.sleep(chance.uniform(0.3, longest))
        engine.kill()
        time.sleep(0.3)
        engine.start()
        first = shop.end(pushing)
        enter(killed, shop, first, f"{number}")
        longest = max(1.0, min(longest, time.monotonic() - begun))


def enter(row: Row, shop: Shop, first: Said, what: str) -> None:
    row.runs += 1
    row.survived += first.code == 0
    told = "error: " in first.err and "hint: " in first.err
    if first.code != 0 and (not told or "Traceback" in first.err or "fault of ops0" in first.err):
        row.mute.append(f"{what}: {first}")
    row.wrong += [f"{what}: {one}" for one in torn(shop.registry)]
    again = shop.do("push", shop.registry, "--json")
    if again.code != 0:
        row.lost.append(f"{what}: {again}")
    elif set(again.data["images"]) != {"numbers", "total"}:
        row.wrong.append(f"{what}: {again}")
    row.wrong += [f"{what}, again: {one}" for one in torn(shop.registry)]
    row.leaked += [f"{what}: {one}" for one in (*shop.half(), *shop.on_the_engine())]


@pytest.mark.parametrize("to", ["+2y", "-2y"] if DEEP else ["+2y"])
def test_the_clock_is_wrong_in_a_push(
    served: Registry, tmp_path: Path, row: Callable[..., Row], to: str
) -> None:
    wrong = row("a push with a clock that is years off")
    library = fetch_faketime(tmp_path)
    if library is None:
        pytest.skip("apt does not have libfaketime")
    place = f"{served.host}/team/flow"
    shop = Shop(folder=tmp_path / "shop", name=f"skew{to[1:]}-{time.time_ns()}", registry=place)
    try:
        made = shop.do("build", "--json")
        assert made.code == 0, made.err
        shop.more = {**still(library), "FAKETIME": to}
        first = shop.do("push", place, "--json")
        assert first.code == 0, first.err
        enter(wrong, shop, first, to)
    finally:
        shop.forget()
