"""What may happen between a runner's last word and the end of its container, when the next step goes already.

The last act of a runner is ``os._exit``, so a step that puts something else in its place makes each ending for real.
"""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from driver.second_engine import can_be_started

from faults.engines import mortal
from faults.proxy import proxied
from faults.reference import DEEP, RIGHT, THREE, Place, Row, judge, times

pytestmark = [pytest.mark.docker, pytest.mark.slow]
ENDINGS = {
    "leaves a child in its output folder": """
    import subprocess
    subprocess.Popen(["sleep", "600"], cwd="/ops0/out")
""",
    "leaves a daemon that prints": """
    if os.fork() == 0:
        os.setsid()
        if os.fork() == 0:
            while True:
                print("tick", flush=True)
                time.sleep(0.05)
        os.kill(os.getpid(), 9)
""",
    "writes in an exit hook": """
    import atexit
    atexit.register(lambda: (time.sleep(0.3), print("last line")))
""",
    "is killed": """
    at_exit(lambda: (os.write(2, b"last line\\n"), os.kill(os.getpid(), 9)))
""",
    "ends with another code": """
    leave = os._exit
    at_exit(lambda: (os.write(2, b"last line\\n"), leave(7)))
""",
    "runs out of memory": """
    at_exit(lambda: (os.write(2, b"last line\\n"), [bytearray(1 << 20) for _ in range(10**6)]))
""",
    "prints on": """
    leave = os._exit
    at_exit(lambda: ([os.write(2, b"line %d\\n" % n) for n in range(20_000)], print("last line"), leave(0)))
""",
    "has printed much": """
    for number in range(50_000):
        print("line", number)
    print("last line")
""",
    "says nothing more": "",
}
STAYS = """
    at_exit(lambda: (os.write(2, b"last line\\n"), time.sleep(600)))
"""
HEAD = """
import os
import time
import ops0

def at_exit(act):
    os._exit = lambda code: act()
"""
STEP = """
@ops0.step
@ops0.resources(memory="128MB")
def step_{at}({given}) -> int:
    print("executed step_{at}")
{body}
    return {value}
"""
LINGERS = """
import os
import time
import ops0

@ops0.step
def load():
    print("executed load")
    leave = os._exit
    os._exit = lambda code: (time.sleep(4), leave(code))
    return 3

@ops0.step
def double(load):
    print("executed double")
    time.sleep(2)
    return 2 * load

@ops0.step
def total(double):
    print("executed total")
    return double + 1
"""


def chain(bodies: list[str]) -> str:
    steps = [
        STEP.format(
            at=at,
            given=f"step_{at - 1}: int" if at else "",
            body=body,
            value=f"step_{at - 1} + 1" if at else "1",
        )
        for at, body in enumerate(bodies)
    ]
    return HEAD + "".join(steps)


def test_however_a_step_ends_after_its_last_word(tmp_path: Path) -> None:
    """The next one has the right value, what was printed is kept to the end, and nothing stays."""
    endings = {**ENDINGS, **({"stays": STAYS} if DEEP else {}), "the last one": ""}
    place = Place(folder=tmp_path / "p", engine=engine_here(), text=chain(list(endings.values())))
    ended = place.run()
    assert (ended.code, ended.value) == (0, len(endings)), ended.err
    assert place.leaked() == []
    (run,) = place.runs
    assert set(place.executions(run).values()) == {1}
    for at, (what, body) in enumerate(endings.items()):
        log = (place.folder / "state" / "runs" / run / "logs" / f"step_{at}.1.log").read_text()
        last = [line for line in log.splitlines() if line != "tick"][-1]
        assert last == ("last line" if "last line" in body else f"executed step_{at}"), what
        if "range(50_000)" in body or "range(20_000)" in body:
            numbers = [line for line in log.splitlines() if line.startswith("line ")]
            wanted = 50_000 if "50_000" in body else 20_000
            assert numbers == [f"line {number}" for number in range(wanted)]


def engine_here() -> str:
    return os.environ.get("DOCKER_HOST", "unix:///var/run/docker.sock")


def when_the_next_works(place: Place) -> None:
    """Start a run, and wait until its second step works while the first one's container has not ended."""
    place.start()
    end = time.monotonic() + 120
    while not any(place.executions(run)["double"] for run in place.runs):
        assert place.running is not None
        assert place.running.poll() is None, place.running.communicate()
        assert time.monotonic() < end
        time.sleep(0.02)
    log = (place.folder / "state" / "runs" / place.runs[-1] / "events.jsonl").read_text()
    (done,) = [line for line in log.splitlines() if '"attempt.done"' in line]
    assert '"exit":null' in done, "it was not released by its last word"


@pytest.fixture(scope="module")
def lingering(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Place]:
    """A place on this machine's engine, whose first step stays for seconds after its last word."""
    folder = tmp_path_factory.mktemp("lingering")
    return lambda name: Place(folder=folder / name, engine=engine_here(), text=LINGERS)


def test_ctrl_c_then(lingering: Callable[[str], Place]) -> None:
    place = lingering("ctrl-c")
    when_the_next_works(place)
    assert place.running is not None
    place.running.send_signal(signal.SIGINT)
    ended = place.end()
    assert ended.code == 130, ended.err
    assert place.leaked() == []


def test_ops0_is_killed_then(lingering: Callable[[str], Place]) -> None:
    """What had said its last word is done: it is not run again."""
    place = lingering("killed")
    when_the_next_works(place)
    place.kill()
    assert place.end().code == -signal.SIGKILL
    again = place.run("--resume")
    assert (again.code, again.value) == (0, RIGHT), again.err
    executed = [place.executions(run)["load"] for run in place.runs]
    assert sum(executed) == 1
    assert place.leaked() == []


@pytest.mark.parametrize("said", ["executed", '"event":"done"'])
def test_a_connection_breaks_off(tmp_path: Path, row: Callable[..., Row], said: str) -> None:
    """What nobody heard is fetched: the lines of the log; the manifest tells how it ended.

    The pause is there since an engine may hand on a last word before lines that were printed milliseconds earlier.
    """
    lost = row(f"connection to a step cut at {said}")
    with proxied(tmp_path) as proxy:
        place = Place(folder=tmp_path / "p", engine=proxy.address)
        place.run()
        for number in range(times(1, 5)):
            proxy.begin(None)
            proxy.cut, proxy.cuts = said.encode(), 0
            first = place.run("--param", "pause=0.5")
            assert proxy.cuts == 3
            proxy.cut = None
            judge(lost, place, first, str(number), place.run)
            assert first.code == 0, first.err
            assert {"load", "double"} <= set(place.executions(place.runs[-1]))


def test_a_failure_that_nobody_heard_is_told(tmp_path: Path) -> None:
    with proxied(tmp_path) as proxy:
        text = THREE.replace("return 3", 'raise ValueError("no rows")')
        place = Place(folder=tmp_path / "p", engine=proxy.address, text=text)
        proxy.cut = b"executed"
        ended = place.run()
    assert proxy.cuts == 1
    assert ended.code == 50
    assert "no rows" in ended.err


@pytest.mark.skipif(not DEEP, reason="OPS0_TESTS=deep: starts engines")
def test_dockerd_is_killed_then(tmp_path: Path, row: Callable[..., Row]) -> None:
    if not can_be_started():
        pytest.skip("needs dockerd and root")
    killed = row("dockerd killed after a runner's last word, and started again", deadly=True)
    folder = tmp_path / "engine"
    folder.mkdir()
    with mortal(folder) as engine:
        for number in range(5):
            place = Place(folder=tmp_path / str(number), engine=engine.address, text=LINGERS)
            when_the_next_works(place)
            engine.kill()
            engine.start()
            first = place.end()
            judge(killed, place, first, str(number), place.run)
            assert first.code == 0, first.err
