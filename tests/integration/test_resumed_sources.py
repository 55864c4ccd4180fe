"""``ops0 run --resume`` of pipelines with a source: the batch that the run had, without the steps that are done."""

from __future__ import annotations

import os
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

import pytest
from driver.command import OPS0

PIPELINE = """
import time
import ops0

@ops0.step
@ops0.source.files({glob!r})
def read_things(): ...

@ops0.step
def count(things):
    print("executed count")
    return len(things)

@ops0.step
def judge(count, how="well"):
    print("executed judge")
    if how == "badly":
        raise ValueError(how)
    if how == "slowly":
        time.sleep(60)
    return count

@ops0.step
def bring(things, judge):
    return [judge, [one["value"] for one in things]]

@ops0.pipeline
def flow(how: str = "well"):
    things = read_things()
    return bring(things, judge(count(things), how))
"""


@dataclass(frozen=True)
class Project:
    folder: Path
    options: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        (self.folder / "in").mkdir()
        self.arrives("a")
        text = PIPELINE.format(glob=f"{self.folder}/in/*.json")
        (self.folder / "flow.py").write_text(text)

    def arrives(self, name: str) -> None:
        (self.folder / "in" / f"{name}.json").write_text(f'"{name}"')

    def start(self, *words: str) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [OPS0, "run", "flow.py", *self.options, *words],
            cwd=self.folder,
            env={**os.environ, "OPS0_STATE_DIR": str(self.folder / "state")},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def run(self, *words: str) -> tuple[int, str]:
        """Exit code, and all that it said."""
        program = self.start(*words)
        out, err = program.communicate(timeout=300)
        return program.returncode, "".join(out.split()) + err

    def break_off(self, how: str) -> str:
        """A run that fails, or is killed where it works slowly. Gives its id."""
        program = self.start("--param", f"how={how}")
        if how == "slowly":
            end = time.monotonic() + 120
            while "executed judge" not in self.printed:
                assert program.poll() is None, program.communicate()
                assert time.monotonic() < end
                time.sleep(0.05)
            program.kill()
        program.communicate(timeout=300)
        assert program.returncode != 0
        return max(path.name for path in (self.folder / "state" / "runs").iterdir())

    @property
    def printed(self) -> str:
        logs = sorted((self.folder / "state" / "runs").glob("*/logs/*.log"))
        return "".join(log.read_text() for log in logs)


def goes_on(project: Project, how: str) -> None:
    """Broken off and resumed: nothing lost, nothing twice, and what came meanwhile is for the next run."""
    run = project.break_off(how)
    project.arrives("b")
    code, said = project.run("--resume", run, "--param", "how=well")
    assert code == 0, said
    assert said.startswith('[1,["a"]]')
    assert project.printed.count("executed count") == 1
    assert project.run()[1].startswith('[1,["b"]]')
    assert project.run()[0] == 77


@pytest.mark.parametrize("how", ["badly", "slowly"])
def test_a_run_goes_on_with_its_batch(tmp_path: Path, how: str) -> None:
    goes_on(Project(tmp_path), how)


@pytest.mark.docker
def test_containers_go_on_with_their_batch(tmp_path: Path) -> None:
    goes_on(Project(tmp_path, ("--containers",)), "slowly")


def test_a_batch_that_a_new_run_has_is_not_given_away(tmp_path: Path) -> None:
    project = Project(tmp_path)
    first = project.break_off("badly")
    second = project.break_off("badly")
    code, said = project.run("--resume", first)
    assert code == 57
    assert f"--resume {second}" in said
    assert project.run("--param", "how=well")[1].startswith('[1,["a"]]')
    code, said = project.run("--resume", first)
    assert code == 57
    assert "no batch of it any more" in said
