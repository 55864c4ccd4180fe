"""A secret is replaced while a container works with the old one; whoever adopts it knows the new one only."""

from __future__ import annotations

import json
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from faults.reference import RIGHT, Place, Row, judge

pytestmark = [pytest.mark.docker, pytest.mark.slow]
OLD, NEW = "the-old-secret-1234", "the-new-secret-5678"
FLOW = """
import os, time
import ops0

@ops0.step
@ops0.secrets(TOKEN="file:token")
def use():
    print("executed use with", os.environ["TOKEN"], flush=True)
    time.sleep(4)
    print("and still", os.environ["TOKEN"], flush=True)
    ops0.log_metric("with " + os.environ["TOKEN"], 1.0)
    return RESULT
"""


def killed_with_the_old_one(folder: Path, result: str) -> Place:
    place = Place(
        folder=folder, engine="unix:///var/run/docker.sock", text=FLOW.replace("RESULT", result)
    )
    (folder / "token").write_text(OLD)
    place.start()
    place.until_a_step_works()
    place.kill()
    (folder / "token").write_text(NEW)
    return place


def holding_secrets(place: Place) -> list[str]:
    state = place.folder / "state"
    files = [path for path in state.rglob("*") if path.is_file()]
    data = ((path, path.read_bytes()) for path in files)
    return [str(path) for path, held in data if OLD.encode() in held or NEW.encode() in held]


def kinds(place: Place) -> list[str]:
    log = place.folder / "state" / "runs" / place.runs[-1] / "events.jsonl"
    return [json.loads(line)["event"] for line in log.read_text().splitlines()]


def test_its_result_counts_and_neither_secret_is_told(
    tmp_path: Path, row: Callable[..., Row]
) -> None:
    replaced = row("secret replaced, ops0 killed, container adopted")
    place = killed_with_the_old_one(tmp_path / "p", str(RIGHT))
    first = place.end()
    judge(replaced, place, first, "", lambda: place.run("--resume"))
    assert "attempt.adopted" in kinds(place)
    assert kinds(place).count("attempt.go") == 1
    assert holding_secrets(place) == []


@pytest.mark.parametrize("more", [0, 1])
def test_one_that_failed_while_ops0_was_away_is_not_run_again(tmp_path: Path, more: int) -> None:
    """Nobody heard it, and its engine keeps no log: what failed by itself is no loss. Its retries are its own."""
    retried = f"@ops0.step\n@ops0.retry(max_attempts={1 + more})"
    text = FLOW.replace("@ops0.step", retried).replace("time.sleep(4)", "time.sleep(2)")
    text = text.replace("return RESULT", 'raise ValueError("no rows")')
    place = Place(folder=tmp_path / "p", engine="unix:///var/run/docker.sock", text=text)
    (place.folder / "token").write_text(OLD)
    place.start()
    place.until_a_step_works()
    step = container(place)
    place.kill()
    place.end()
    until(lambda: not running(step))
    ended = place.run("--resume")
    assert ended.code == 50, ended.err
    assert place.executions(place.runs[0])["use"] == 1 + more
    assert kinds(place).count("attempt.failed") == 1 + more
    assert more or "what it said of that is lost" in ended.err
    assert place.leaked() == []


def container(place: Place) -> str:
    argv = ["docker", "ps", "-q", "--filter", f"label=ops0.run={place.runs[0]}"]
    return subprocess.run(argv, check=True, capture_output=True, text=True).stdout.split()[0]


def running(name: str) -> bool:
    argv = ["docker", "inspect", "-f", "{{.State.Running}}", name]
    return "true" in subprocess.run(argv, check=True, capture_output=True, text=True).stdout


def until(works: Callable[[], bool]) -> None:
    end = time.monotonic() + 120
    while not works():
        assert time.monotonic() < end
        time.sleep(0.05)


def test_a_result_that_holds_the_old_one_is_refused(tmp_path: Path) -> None:
    place = killed_with_the_old_one(tmp_path / "p", 'os.environ["TOKEN"]')
    place.end()
    ended = place.run("--resume")
    assert ended.code == 51, ended.err
    assert kinds(place).count("attempt.failed") == 1
    assert OLD not in ended.err
    assert NEW not in ended.err
    assert "attempt.adopted" in kinds(place)
    assert holding_secrets(place) == []
    assert place.leaked() == []
