"""What a killed ops0 was about to hand to another program, among the system's temporary files."""

from __future__ import annotations

import signal
import time
from pathlib import Path

import pytest
from alone import alone

from faults.shop import Shop

pytestmark = [pytest.mark.docker, pytest.mark.slow]


def held(shop: Shop) -> list[Path]:
    return sorted((shop.folder / "tmp").glob("ops0-*"))


def test_gc_removes_it_once_its_maker_is_dead(tmp_path: Path) -> None:
    shop = Shop(folder=tmp_path / "shop", name="held", registry="127.0.0.1:1/none")
    locking = shop.begin("lock")
    while not held(shop):
        assert locking.poll() is None, locking.communicate()
        time.sleep(0.001)
    locking.send_signal(signal.SIGSTOP)  # it lives, and cannot come to its end meanwhile
    with alone("gc"):
        assert shop.do("gc").code == 0
    folders = held(shop)
    assert folders, "gc took folders from an ops0 that lives"
    locking.kill()
    locking.communicate()
    with alone("gc"):
        listed = shop.do("gc", "--dry-run", "--json").data
        temporary = {one["name"] for one in listed if one["kind"] == "temporary"}
        assert temporary == set(map(str, folders))
        assert held(shop) == folders
        assert shop.do("gc").code == 0
    assert list((shop.folder / "tmp").iterdir()) == []
    assert shop.do("lock").code == 0
    assert list((shop.folder / "tmp").iterdir()) == []
