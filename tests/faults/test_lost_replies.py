"""Every call to the engine once lost before, lost after, refused, and ops0 killed around it: R1 of the goals.

The engine is the real one; a proxy on a socket of its own makes the faults, so nobody else's calls are touched.
Quick: one step, each call with one of the faults in turn. Deep: three steps, each call with each fault.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from faults.proxy import FAULTS, Fault, Proxy, proxied
from faults.reference import DEEP, ONE, THREE, Place, Row, judge

pytestmark = [pytest.mark.docker, pytest.mark.slow]
NAMES = {
    "before": "call lost on its way to the engine",
    "after": "engine's answer lost",
    "500": "engine answers 500",
    "kill before": "ops0 killed before a call",
    "kill after": "ops0 killed after a call",
}


def calls_of_a_run(folder: Path, proxy: Proxy, text: str) -> int:
    """How many calls a run makes; its images are there then."""
    place = Place(folder=folder / "first", engine=proxy.address, text=text)
    for _ in range(2):
        proxy.begin(None)
        assert place.run().code == 0
    return len(proxy.calls)


def one_case(row: Row, folder: Path, proxy: Proxy, text: str, at: int, fault: Fault) -> None:
    place = Place(
        folder=folder / f"{at}-{fault.replace(' ', '-')}", engine=proxy.address, text=text
    )
    proxy.begin((at, fault), place.kill)
    first = place.run()
    what = f"{at} {proxy.struck.kind if proxy.struck else 'not reached'}"
    proxy.begin(None)
    judge(row, place, first, what, place.run)


@pytest.mark.skipif(DEEP, reason="the deep tier makes each fault at each call")
def test_each_call_with_one_fault(tmp_path: Path, row: Callable[..., Row]) -> None:
    with proxied(tmp_path) as proxy:
        count = calls_of_a_run(tmp_path, proxy, ONE)
        rows = {fault: row(NAMES[fault]) for fault in FAULTS}
        for at in range(1, count + 1):
            fault = FAULTS[at % len(FAULTS)]
            one_case(rows[fault], tmp_path, proxy, ONE, at, fault)
    assert sum(one.runs for one in rows.values()) == count


@pytest.mark.skipif(not DEEP, reason="OPS0_TESTS=deep: half an hour")
@pytest.mark.parametrize("fault", FAULTS)
def test_each_call_with_each_fault(tmp_path: Path, row: Callable[..., Row], fault: Fault) -> None:
    with proxied(tmp_path) as proxy:
        count = calls_of_a_run(tmp_path, proxy, THREE)
        whole = row(NAMES[fault])
        for at in range(1, count + 1):
            one_case(whole, tmp_path, proxy, THREE, at, fault)


def test_the_proxy_is_seen_to_strike(tmp_path: Path) -> None:
    """A fault that nobody has seen proves nothing."""
    with proxied(tmp_path) as proxy:
        place = Place(folder=tmp_path / "p", engine=proxy.address, text=ONE)
        for number in range(1, 5):  # a run can do without some answers, and asks side by side
            proxy.begin((number, "500"))
            refused = place.run()
            assert proxy.struck is not None
            if refused.code != 0:
                break
        assert refused.code not in (0, 1)
        assert "the proxy of the tests makes a fault" in refused.err
