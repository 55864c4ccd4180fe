"""The disk full under what commands write, at several points of each: one error, nothing half, and right after it."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from driver.command import Said
from registries.needs import needs_registry

from faults.disks import can_be_made, fill, small_disk
from faults.reference import DEEP, RIGHT, Row
from faults.shop import Shop, shop_with_registry, torn

pytestmark = [pytest.mark.docker, pytest.mark.slow, needs_registry]
LEFT = (4, 60, 1000, 10_000, 25_000, 60_000)
"""KiB that are left: from a few files to more than any of them writes."""


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    """One whose cache, state and bundles are on a disk of their own, ``disk``."""
    if not can_be_made():
        pytest.skip("needs root and loop devices")
    folder = tmp_path_factory.mktemp("full")
    with small_disk(folder, 160) as disk:
        for name in ("cache", "state", "out"):
            (disk / name).mkdir()
        (folder / "own").mkdir()
        for name in ("cache", "state"):
            (folder / "own" / name).symlink_to(disk / name, target_is_directory=True)
        with shop_with_registry(folder, "full") as made:
            yield made


@dataclass(frozen=True)
class Command:
    """``before``: makes all that it works on;  says: whether what a shop has then is right"""

    words: tuple[str, ...]
    before: Callable[[Shop], None]
    says: Callable[[Shop, Said], bool]


def built(shop: Shop) -> None:
    made = shop.do("build")
    assert made.code == 0, made.err


def nothing_kept(shop: Shop) -> None:
    for name in ("environments", "contexts", "results"):
        shutil.rmtree(shop.folder / "cache" / name, ignore_errors=True)


def is_right(_: Shop, done: Said) -> bool:
    return bool(next(iter(done.data["results"].values())) == RIGHT)


def invoked(env: str) -> Callable[[Shop, Said], bool]:
    return lambda shop, _: is_right(shop, shop.do("invoke", shop.name, "--env", env, "--json"))


COMMANDS = {
    "bundle create": Command(
        ("bundle", "create", "-o", "BUNDLE"),
        built,
        lambda shop, _: shop.do("bundle", "verify", bundle(shop)).code == 0,
    ),
    "deploy here": Command(("deploy", "--env", "here"), nothing_kept, invoked("here")),
    "deploy to a registry": Command(("deploy", "--env", "away"), built, invoked("away")),
    "build": Command(
        ("build", "--json"), nothing_kept, lambda _, done: len(done.data["images"]) == 2
    ),
    "run isolated": Command(("run", "--isolate", "--json"), nothing_kept, is_right),
}


def bundle(shop: Shop) -> str:
    return str(shop.folder.parent / "disk" / "out" / "flow.ops0")


QUICK = ("bundle create", "deploy here", "build")
"""A deploy to a registry is a build and a push, which writes little; environments are made as contexts are."""


@pytest.mark.parametrize("name", COMMANDS if DEEP else QUICK)
def test_its_disk_is_full(shop: Shop, row: Callable[..., Row], name: str) -> None:
    full = row(f"the disk full under `ops0 {name}`")
    command = COMMANDS[name]
    words = tuple(bundle(shop) if word == "BUNDLE" else word for word in command.words)
    disk = shop.folder.parent / "disk"
    for number, kib in enumerate(LEFT if DEEP else LEFT[2:3]):
        Path(bundle(shop)).unlink(missing_ok=True)
        shop.edit(100 * len(name) + number)
        command.before(shop)
        fill(disk / "filler", leaving=kib * 1024)
        first = shop.do(*words)
        (disk / "filler").unlink()
        enter(full, shop, first, f"{kib} KiB")
        again = shop.do(*words)
        if again.code != 0:
            full.lost.append(f"{kib} KiB: {again}")
        elif not command.says(shop, again):
            full.wrong.append(f"{kib} KiB: {again}")
        full.wrong += torn(shop.registry)
        full.leaked += [*shop.half(), *shop.on_the_engine(), *shop.processes()]
    assert full.survived < full.runs, "the disk was never full"


def enter(row: Row, shop: Shop, first: Said, what: str) -> None:
    row.runs += 1
    row.survived += first.code == 0
    told = "no space left on device" in first.err and "hint: " in first.err
    if first.code != 0 and (first.code != 71 or not told or "Traceback" in first.err):
        row.mute.append(f"{what}: {first}")
    if first.code != 0:
        parts = [one for one in shop.half() if not one.endswith(".parts")]
        row.leaked += [f"{what}: {one}" for one in (*parts, *shop.on_the_engine())]
        row.wrong += [f"{what}: a bundle is there" for _ in [1] if Path(bundle(shop)).exists()]
