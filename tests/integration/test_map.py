"""``step.map(items)`` on both engines: a call for each item, its list for whoever takes it, each item for itself."""

from __future__ import annotations

import json
import subprocess
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from driver.command import OPS0

from ops0.core.folders import state_dir

PIPELINE = '''
import array
import ops0

@ops0.step
def parts(n: int):
    """Gives one part after the other."""
    for index in range(n):
        yield array.array("d", [index] * 1000)

@ops0.step
@ops0.cache()
def weigh(part, factor: float, bad: int):
    print("weighing", len(part))
    if part[0] == bad:
        raise ValueError(f"part {bad} is bad")
    return {"sum": sum(part) * factor}

@ops0.step
def half(weight: dict):
    return weight["sum"] / 2

@ops0.step
def report(halves: list, parts: object, names: list):
    return {"halves": halves, "parts": [len(part) for part in parts], "names": names}

@ops0.step
def shout(name: str, mark: str) -> str:
    return name.upper() + mark

@ops0.step
def scalar():
    return 7

@ops0.pipeline
def flow(n: int, names: list, bad: int = -1):
    all = parts(n)
    halves = half.map(weigh.map(all, factor=2.0, bad=bad))
    return report(halves, all, shout.map(names, ["!", "?"])), halves

@ops0.pipeline
def twice(n: int):
    return report(half.map(weigh.map(parts(n), factor=2.0, bad=-1)), [], [])

@ops0.pipeline
def wrong():
    return half.map(scalar())
'''


@dataclass
class Project:
    folder: Path
    options: tuple[str, ...]

    def run(self, *more: str, pipeline: str = "flow") -> subprocess.CompletedProcess[str]:
        argv = (OPS0, "run", f"pipeline.py:{pipeline}", *self.options, *more)
        return subprocess.run(argv, cwd=self.folder, capture_output=True, text=True, check=False)

    def result(self, *more: str, n: int = 3, **params: int) -> dict[str, Any]:
        given = {"n": n, "names": ["a", "b"], **params}
        words = [word for k, v in given.items() for word in ("--param", f"{k}={json.dumps(v)}")]
        done = self.run("--json", *words, *more)
        found: dict[str, Any] = json.loads(done.stdout) if done.stdout else {}
        return {**found, "code": done.returncode, "told": done.stderr}


@pytest.fixture(
    scope="module", params=["processes", pytest.param("containers", marks=pytest.mark.docker)]
)
def project(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Project]:
    folder = tmp_path_factory.mktemp("map")
    name = f"map-{uuid.uuid4().hex[:8]}"
    (folder / "pipeline.py").write_text(PIPELINE)
    (folder / "ops0.toml").write_text(f'name = "{name}"\n')
    containers = request.param == "containers"
    yield Project(folder, ("--containers",) if containers else ())
    if containers:
        listed = [
            "docker",
            "images",
            "--quiet",
            "--no-trunc",
            "--filter",
            f"reference=ops0/{name}/*",
        ]
        found = subprocess.run(listed, capture_output=True, text=True, check=True).stdout.split()
        if found:
            subprocess.run(["docker", "rmi", "--force", *found], capture_output=True, check=False)


def test_a_call_for_each_item_and_a_list_for_the_reader(project: Project) -> None:
    found = project.result()
    assert found["code"] == 0, found["told"]
    halves = [0.0, 1000.0, 2000.0]
    assert found["results"] == {
        "report": {"halves": halves, "parts": [1000] * 3, "names": ["A!", "B?"]},
        "half": halves,
    }
    names = ["weigh[0]", "weigh[1]", "weigh[2]", "half[0]", "half[1]", "half[2]"]
    assert list(found["calls"]) == ["parts", *names, "shout[0]", "shout[1]", "report"]
    assert set(found["digests"]) == {"report", "half"}


def test_a_kept_item_is_not_made_again_when_there_are_more(project: Project) -> None:
    project.result(n=2)
    found = project.result(n=4)
    assert found["code"] == 0, found["told"]
    attempts = {name: call["attempts"] for name, call in found["calls"].items()}
    assert [attempts[f"weigh[{n}]"] for n in range(4)][:2] == [0, 0]
    assert attempts["weigh[3]"] == 1
    assert found["results"]["half"] == [0.0, 1000.0, 2000.0, 3000.0]


def test_no_items_are_an_empty_list(project: Project) -> None:
    found = project.result(n=0)
    assert found["code"] == 0, found["told"]
    assert found["results"]["half"] == []
    assert found["results"]["report"]["parts"] == []


def test_what_the_other_items_gave_is_kept_for_a_resumption(project: Project) -> None:
    failed = project.result("--no-cache", n=4, bad=2)
    assert failed["code"] == 50
    assert "step 'weigh[2]' failed: ValueError: part 2 is bad" in failed["told"]
    found = project.result("--resume", "--no-cache", n=4, bad=-1)
    assert found["code"] == 0, found["told"]
    attempts = {name: call["attempts"] for name, call in found["calls"].items()}
    assert attempts["parts"] == 1
    assert found["results"]["half"] == [0.0, 1000.0, 2000.0, 3000.0]
    assert "parts: not run, it was done before" in found["told"]


def test_a_run_that_was_killed_at_its_very_end_makes_nothing_again(project: Project) -> None:
    """Its values have been removed, and only for the number of their items all were made anew."""
    words = ("--json", "--no-cache", "--param", "n=2")
    run = json.loads(project.run(*words, pipeline="twice").stdout)["run"]
    log = state_dir() / "runs" / run / "events.jsonl"
    *lines, last = log.read_bytes().splitlines(keepends=True)
    assert b"run.ended" in last
    log.write_bytes(b"".join(lines))
    done = project.run("--resume", *words, pipeline="twice")
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert found["results"]["report"]["halves"] == [0.0, 1000.0]
    assert {call["attempts"] for call in found["calls"].values()} == {1}
    assert "parts: not run, it was done before" in done.stderr


def test_items_of_a_list_that_is_made_anew_are_further_attempts(tmp_path: Path) -> None:
    project = Project(tmp_path, ())
    file = tmp_path / "pipeline.py"
    file.write_text(PIPELINE)
    assert project.result("--no-cache", n=2, bad=1)["code"] == 50
    file.write_text(PIPELINE.replace("[index] * 1000", "[index + 0.0] * 1000"))
    found = project.result("--resume", "--no-cache", n=2, bad=-1)
    assert found["code"] == 0, found["told"]
    attempts = {name: call["attempts"] for name, call in found["calls"].items()}
    assert (attempts["parts"], attempts["weigh[0]"], attempts["weigh[1]"]) == (2, 2, 2)


def test_what_cannot_be_gone_over_is_told(project: Project) -> None:
    done = project.run(pipeline="wrong")
    assert done.returncode == 51
    assert "builtins.int has no items to map over" in done.stderr
    assert "Traceback" not in done.stderr
    words = ("--param", "n=1", "--param", 'names=["a"]')
    uneven = project.run(*words)
    assert uneven.returncode == 56
    assert "shout.map: 'name' has 1, 'mark' has 2 items" in uneven.stderr
    assert "Traceback" not in uneven.stderr
