"""Every command that writes, ended at any moment of its work: the next one is right, and nothing is left of it.

A lock folder, images and a registry, a bundle and a deployment have what they had or all that is new, never a part.
Quick: some of them once. Deep: each forty times.
"""

from __future__ import annotations

import random
import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path

import pytest
from alone import alone
from driver.command import Said
from registries.needs import needs_registry

from faults.ending import BY_SIGNAL, Death
from faults.reference import DEEP, Row, times
from faults.shop import RIGHT, Shop, shop_with_registry, torn

pytestmark = [pytest.mark.docker, pytest.mark.slow, needs_registry]
BUNDLE = "flow.ops0"
DEATHS: tuple[Death, ...] = ("kill", "ctrl-c", "kill", "SIGTERM", "ctrl-c twice")


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    with shop_with_registry(tmp_path_factory.mktemp("shop"), "dies") as made:
        yield made


@dataclass(frozen=True)
class Command:
    """``words``: of the command;  before: makes all that it works on, and nothing of what it makes

    says: whether what a shop has then is whole and right
    """

    words: Callable[[Shop], tuple[str, ...]]
    before: Callable[[Shop], None]
    says: Callable[[Shop, Said], str | None]


def nothing(_shop: Shop) -> None:
    """All is there."""


def unlocked(shop: Shop) -> None:
    shutil.rmtree(shop.project / "ops0.lock", ignore_errors=True)
    shutil.rmtree(shop.folder / "cache", ignore_errors=True)


def built(shop: Shop) -> None:
    made = shop.do("build")
    assert made.code == 0, made.err


def bundled(shop: Shop) -> None:
    made = shop.do("bundle", "create", "-o", str(shop.folder / BUNDLE))
    assert made.code == 0, made.err
    shop.forget()


def no_environments(shop: Shop) -> None:
    shutil.rmtree(shop.folder / "cache" / "environments", ignore_errors=True)


def littered(shop: Shop) -> None:
    """All that killed ones leave: a run's containers and volumes, folders of transfers, temporary ones."""
    running = shop.begin("run", "--containers", "--param", "pause=30")
    while not shop.working():
        assert running.poll() is None, running.communicate()
        time.sleep(0.05)
    running.kill()
    running.communicate()
    for name in (
        "cache/pushes/left",
        "cache/wheels/.work-left",
        "cache/contexts/.left",
        "tmp/ops0-held-left",
    ):
        for number in range(20):
            (shop.folder / f"{name}{number}").mkdir(parents=True)
            (shop.folder / f"{name}{number}" / "file").write_bytes(bytes(100_000))


def runs_offline(shop: Shop, _: Said) -> str | None:
    done = shop.do("run", str(shop.folder / BUNDLE), "--containers", "--json", "--offline")
    return right_in(done)


def right_in(done: Said) -> str | None:
    if done.code != 0:
        return done.err[-500:]
    found = next(iter(done.data["results"].values()))
    return None if found == RIGHT else f"{found!r}"


def checked(shop: Shop, _: Said) -> str | None:
    done = shop.do("lock", "--check")
    return None if done.code == 0 else done.err[-500:]


def verified(shop: Shop, _: Said) -> str | None:
    done = shop.do("bundle", "verify", str(shop.folder / BUNDLE))
    return None if done.code == 0 else done.err[-500:]


def in_the_registry(shop: Shop, done: Said) -> str | None:
    images = done.data["images"]
    return None if set(images) == {"numbers", "total"} else f"{images}"


def invoked(env: str) -> Callable[[Shop, Said], str | None]:
    return lambda shop, _: right_in(shop.do("invoke", shop.name, "--env", env, "--json"))


COMMANDS = {
    "lock": Command(lambda _: ("lock",), unlocked, checked),
    "build": Command(lambda _: ("build", "--json"), nothing, in_the_registry),
    "push": Command(lambda shop: ("push", shop.registry, "--json"), built, in_the_registry),
    "bundle create": Command(
        lambda shop: ("bundle", "create", "-o", str(shop.folder / BUNDLE)), built, verified
    ),
    "bundle load": Command(
        lambda shop: ("bundle", "load", str(shop.folder / BUNDLE)), bundled, runs_offline
    ),
    "run of a bundle": Command(
        lambda shop: ("run", str(shop.folder / BUNDLE), "--containers", "--json", "--offline"),
        bundled,
        lambda _, done: right_in(done),
    ),
    "run in containers": Command(
        lambda _: ("run", "--containers", "--json"), nothing, lambda _, done: right_in(done)
    ),
    "run isolated": Command(
        lambda _: ("run", "--isolate", "--json"), no_environments, lambda _, done: right_in(done)
    ),
    "gc": Command(
        lambda _: ("gc",),
        littered,
        lambda shop, _: right_in(shop.do("run", "--containers", "--json")),
    ),
    "deploy here": Command(lambda _: ("deploy", "--env", "here"), built, invoked("here")),
    "deploy to a registry": Command(lambda _: ("deploy", "--env", "away"), built, invoked("away")),
}


QUICK = ("bundle create", "run of a bundle", "gc", "deploy to a registry")
"""The last one builds and pushes, too."""


@pytest.mark.parametrize("name", COMMANDS if DEEP else QUICK)
def test_it_is_ended_at_any_moment(shop: Shop, row: Callable[..., Row], name: str) -> None:
    ended = row(f"`ops0 {name}` ended at any moment")
    command, chance = COMMANDS[name], random.Random(name)
    shop.edit(1000 + len(name))
    command.before(shop)
    with alone("gc") if name == "gc" else nullcontext():
        first = shop.do(*command.words(shop))
    assert first.code == 0, first.err
    for number in range(times(1, 40)):
        shop.edit(number + 1)
        command.before(shop)
        how = DEATHS[(number + len(name)) % len(DEATHS)]
        with alone("gc") if name == "gc" else nullcontext():
            died = shop.die(how, chance, *command.words(shop))
        one_case(shop, ended, command, died, f"{number} {how}")


def one_case(shop: Shop, row: Row, command: Command, died: Said, what: str) -> None:
    row.runs += 1
    row.survived += died.code == 0
    if died.code not in (0, *BY_SIGNAL) or "Traceback" in died.err:
        row.mute.append(f"{what}: {died.code} {died.err[-1000:]}")
    left = shop.processes()
    if died.code not in (0, -9):
        # A bundle that was broken off goes on from what is in this folder; a gc that was, leaves the rest of its work.
        half = () if command is COMMANDS["gc"] else shop.half()
        left += [one for one in half if not one.endswith(f".{BUNDLE}.parts")]
        left += () if command is COMMANDS["gc"] else shop.on_the_engine()
    row.wrong += [f"{what}: {one}" for one in torn(shop.registry)]
    with alone("gc") if command.words(shop)[0] == "gc" else nullcontext():
        again = shop.do(*command.words(shop))
    if again.code != 0:
        row.lost.append(f"{what}: {again.err[-1000:]}")
    elif fault := command.says(shop, again):
        row.wrong.append(f"{what}: {fault}")
    with alone("gc"):
        swept = shop.do("gc")
    assert swept.code == 0, swept.err
    left += [*shop.half(), *shop.on_the_engine(), *shop.processes()]
    row.wrong += [f"{what}, again: {one}" for one in torn(shop.registry)]
    row.leaked += [f"{what}: {one}" for one in left]


def test_what_is_torn_is_seen(shop: Shop, tmp_path: Path) -> None:
    """A check that never finds anything proves nothing."""
    built(shop)
    assert shop.do("push", shop.registry).code == 0
    assert torn(shop.registry) == []
    blob = max(
        (shop.folder.parent / "registry").rglob("data"), key=lambda path: path.stat().st_size
    )
    kept = blob.read_bytes()
    blob.write_bytes(kept[:-1])
    try:
        assert torn(shop.registry)
    finally:
        blob.write_bytes(kept)
    (shop.folder / "tmp" / "left").touch()
    assert shop.half() == ["tmp/left"]
    (shop.folder / "tmp" / "left").unlink()
