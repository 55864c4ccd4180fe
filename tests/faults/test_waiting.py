"""Steps that wait for a broker or a database that says nothing: ended in any way, nothing stays, and they can go on.

The one who is silent is in the step itself, so that no container needs a network.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from faults.ending import BY_SIGNAL, Death, end_by
from faults.living import left_alive
from faults.reference import RIGHT, Place, Row, times
from faults.test_last_word import engine_here

pytestmark = [pytest.mark.docker, pytest.mark.slow]
SOON = 25.0
"""Seconds that an end may take: a step gets ten of its own."""
FLOW = """
import socket
import time
import ops0

@ops0.step
def load():
    print("executed load")
    return 3

@ops0.step
def fetch(load, silent: bool = False, heeds: bool = False):
    print("executed fetch")
    if not silent:
        return 2 * load
    with socket.create_server(("127.0.0.1", 0)) as server:
        with socket.create_connection(server.getsockname()) as client:
            while True:
                try:
                    client.recv(1)
                except BaseException:  # as drivers do that try again, whatever came
                    if heeds:
                        raise

@ops0.step
def total(fetch):
    print("executed total")
    return fetch + 1
"""
MODES: dict[str, tuple[str, ...]] = {"processes": (), "containers": ("--containers",)}
DEATHS: tuple[Death, ...] = ("ctrl-c", "ctrl-c twice", "kill", "SIGTERM")


def until_it_waits(place: Place) -> None:
    end = time.monotonic() + 120
    while not any(place.executions(run)["fetch"] for run in place.runs):
        assert place.running is not None
        assert place.running.poll() is None, place.running.communicate()
        assert time.monotonic() < end
        time.sleep(0.02)
    time.sleep(0.5)


@pytest.mark.parametrize("mode", MODES)
def test_it_ends_and_goes_on(tmp_path: Path, row: Callable[..., Row], mode: str) -> None:
    waiting = row(f"a step that waits for a silent broker is ended: {mode}", deadly=True)
    chance = random.Random(mode)
    for number, how in enumerate(DEATHS[: times(2, 4)]):
        place = Place(
            folder=tmp_path / str(number), engine=engine_here(), text=FLOW, mode=MODES[mode]
        )
        place.start(
            "--param", "silent=true", "--param", f"heeds={'true' if number % 2 else 'false'}"
        )
        until_it_waits(place)
        assert place.running is not None
        begun = time.monotonic()
        end_by(place.running, how, chance)
        first = place.end()
        waiting.runs += 1
        if time.monotonic() - begun > SOON or first.code not in BY_SIGNAL:
            waiting.mute.append(f"{how}: {first}")
        again = place.run("--resume", "--param", "silent=false")
        if again.code != 0:
            waiting.lost.append(f"{how}: {again.err[-500:]}")
        elif again.value != RIGHT:
            waiting.wrong.append(f"{how}: {again.value}")
        if place.executions(place.runs[0])["load"] != 1:
            waiting.twice.append(f"{how}: load")
        waiting.leaked += [f"{how}: {one}" for one in (*place.leaked(), *left_alive(place.folder))]
