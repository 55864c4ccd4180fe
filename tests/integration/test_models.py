"""Models from the store into steps: processes and containers, and from a container's result back into the store."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from driver.command import OPS0
from own_images import remove_images

import ops0
from ops0.cli.wiring import read_pipeline
from ops0.cli.work import open_work
from ops0.core.models.store import NoModel, find_model, known_models, read_model
from ops0.runtime.containers import ContainerEngine
from ops0.runtime.engines.docker_engine import connect
from ops0.runtime.events import read_events
from ops0.runtime.orchestrator import run_pipeline
from ops0.runtime.processes import ProcessEngine
from ops0.runtime.report import Report
from ops0.runtime.runs import run_folder

PIPELINE = """
import ops0


class Threshold:
    def __init__(self, limit):
        self.limit = limit

    def predict(self, rows):
        return [row > self.limit for row in rows]


@ops0.step
def load_rows(count: int = 4) -> list:
    return list(range(count))


@ops0.step
@ops0.model.load("fraud-detector-v2@production")
def detect_fraud(rows, model):
    return {"rows": rows, "predictions": model.predict(rows)}


@ops0.pipeline
def detect():
    return detect_fraud(load_rows(4))


@ops0.step
def train() -> Threshold:
    return Threshold(2)


@ops0.pipeline
def learn():
    return train()
"""
EXPECTED = {"rows": [0, 1, 2, 3], "predictions": [False, False, False, True]}


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    (tmp_path / "pipeline.py").write_text(PIPELINE)
    name = f"models-{uuid.uuid4().hex[:8]}"
    (tmp_path / "ops0.toml").write_text(f'name = "{name}"\n')
    monkeypatch.chdir(tmp_path)
    yield tmp_path
    if shutil.which("docker") is not None:
        remove_images(name)


@pytest.fixture
def images(project: Path) -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = {}
    for name in ("detect", "learn"):
        done = subprocess.run(
            [OPS0, "build", f"pipeline.py:{name}", "--json"],
            cwd=project,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        found |= json.loads(done.stdout)["images"]
    return found


def run(project: Path, name: str, engine: Any) -> Report:
    return run_pipeline(read_pipeline(open_work(f"{project}/pipeline.py:{name}")), engine)


def test_a_model_from_a_run_fills_the_parameter_in_processes(project: Path) -> None:
    with pytest.raises(NoModel, match="fraud-detector-v2@production"):
        run(project, "detect", ProcessEngine(project))
    model = ops0.run(f"{project}/pipeline.py:learn")
    version = ops0.model.save(model, "fraud-detector-v2", alias="production")
    report = run(project, "detect", ProcessEngine(project))
    assert report.results == {"detect_fraud": EXPECTED}
    started = next(read_events(report.folder.events))
    assert started.data["models"] == {
        "detect_fraud": {"model": "fraud-detector-v2@1", "manifest": version.digest}
    }


@pytest.mark.docker
def test_a_model_goes_from_container_to_store_to_container(
    project: Path, images: dict[str, dict[str, Any]]
) -> None:
    """Unpickled in the steps only; the version knows the run, the call and the image that made it."""
    digests: Any = {step: image["digest"] for step, image in images.items()}
    learned = run(project, "learn", ContainerEngine(connect(), digests))
    version = ops0.model.save(learned.results["train"], "fraud-detector-v2", alias="production")
    assert version.lineage["run"] == learned.run
    assert version.lineage["call"] == "train"
    assert version.lineage["image"] == digests["train"]
    assert version.lineage["inputs"] == {}
    report = run(project, "detect", ContainerEngine(connect(), digests))
    assert report.results == {"detect_fraud": EXPECTED}
    left = [one.name for one in connect().owned("ops0.run", report.run)]
    assert left == []


def test_a_broken_model_fails_the_step_that_reads_it(project: Path) -> None:
    ops0.model.save({"w": 1}, "fraud-detector-v2", alias="production")
    (find_model("fraud-detector-v2").folder / "value.json").write_text('{"w":2}')
    with pytest.raises(ops0.Ops0Error, match="argument 'model'"):
        run(project, "detect", ProcessEngine(project))


SAVING = """
import ops0


class Threshold:
    def __init__(self, limit):
        self.limit = limit


@ops0.step
def load_rows() -> list:
    return [1, 2]


@ops0.step
@ops0.retry(max_attempts=2, backoff="10ms")
def train(rows: list, fails: int = 0) -> list:
    ops0.model.save(Threshold(sum(rows)), "m", alias="best")
    ops0.model.save({"w": 1}, "plain")
    if fails:
        raise ValueError("after the save")
    return rows
"""
MODES = ["local", pytest.param("containers", marks=pytest.mark.docker)]


@pytest.mark.parametrize("mode", MODES)
def test_what_a_step_saves_is_kept_when_it_is_done_and_not_when_it_fails(
    project: Path, mode: str
) -> None:
    path = project / "pipeline.py"
    path.write_text(SAVING)
    with pytest.raises(ops0.Ops0Error, match="after the save"):
        ops0.run(path, mode=mode, params={"fails": 1})  # type: ignore[arg-type]
    with pytest.raises(NoModel):
        find_model("m")
    assert ops0.run(path, mode=mode) == [1, 2]  # type: ignore[arg-type]
    version = find_model("m@best")
    assert (version.version, version.type.rpartition(".")[2]) == (1, "Threshold")
    lineage = version.lineage
    assert (lineage["call"], lineage["step"], lineage["attempt"]) == ("train", "train", 1)
    assert str(lineage["image"]).startswith("sha256:") is (mode == "containers")
    done = {
        event.call: event.data["manifest"]
        for event in read_events(run_folder(lineage["run"]).events)
        if event.kind == "attempt.done"
    }
    assert lineage["inputs"] == {"load_rows": done["load_rows"]}
    assert read_model("plain") == {"w": 1}
    path.write_text(SAVING + LOADING)
    assert ops0.run(f"{path}:use", mode=mode) == 3  # type: ignore[arg-type]
    if mode == "containers":
        assert [one.name for one in connect().owned("ops0.run", lineage["run"])] == []


LOADING = """

@ops0.step
@ops0.model.load("m@best")
def limit(model: Threshold) -> int:
    return model.limit


@ops0.pipeline
def use():
    return limit()
"""
KILLED = """
import os, signal, sys
from ops0.runtime.keeping import shelving

def kill(*_):
    os.kill(os.getpid(), signal.SIGKILL)

shelving.{name} = kill
import ops0
ops0.run(sys.argv[1])
"""


@pytest.mark.parametrize(("name", "before"), [("keep_written", 0), ("_Kept", 1)])
def test_killed_after_the_commit_a_resumed_run_keeps_it_once(
    project: Path, name: str, before: int
) -> None:
    """Before the store has it, and between the store and the log."""
    path = project / "pipeline.py"
    path.write_text(SAVING)
    script = KILLED.format(name=name)
    done = subprocess.run([sys.executable, "-c", script, str(path)], check=False, timeout=120)
    assert done.returncode == -9
    assert len(known_models()) == before
    told = command(project, "run", "--resume", "--json")
    assert told["calls"]["train"]["state"] == "done"
    assert known_models() == ("m@1", "plain@1")
    assert find_model("m@best").version == 1


def command(project: Path, *argv: str, code: int = 0, **env: str) -> Any:
    """Run an ops0 command; gives what it says on stdout as JSON, or stderr where it shall fail."""
    done = subprocess.run(
        [OPS0, *argv],
        cwd=project,
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, **env},
    )
    assert done.returncode == code, done.stderr
    return json.loads(done.stdout) if code == 0 else done.stderr


@pytest.fixture
def baking(project: Path) -> Path:
    text = PIPELINE.replace('@production")', '@production", bake=True)')
    (project / "pipeline.py").write_text(text)
    ops0.model.save(ops0.run(f"{project}/pipeline.py:learn"), "fraud-detector-v2")
    return project


@pytest.mark.docker
def test_a_baked_model_is_in_the_image_and_goes_along_in_a_bundle(
    baking: Path, tmp_path: Path
) -> None:
    """The machine that runs it has no model, no source and no lock."""
    told = command(baking, "build", "pipeline.py:detect", "--json", code=56)
    assert "'fraud-detector-v2@production': none is kept" in told
    ops0.model.save(Path("x").name, "fraud-detector-v2")  # newer, and not what the alias names
    model = read_model("fraud-detector-v2@1")
    ops0.model.save(model, "fraud-detector-v2", alias="production")
    first = command(baking, "build", "pipeline.py:detect", "--json")["images"]
    assert command(baking, "build", "pipeline.py:detect", "--json")["images"] == {
        step: {**image, "built": False} for step, image in first.items()
    }
    planned = command(baking, "plan", "pipeline.py:detect", "--json")
    assert "model fraud-detector-v2@3" in json.dumps(planned)
    bundle = tmp_path / "flow.ops0"
    command(baking, "bundle", "create", "pipeline.py:detect", "-o", str(bundle), "--json")
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    ran = command(
        elsewhere,
        *("run", str(bundle), "--containers", "--offline", "--json"),
        OPS0_STATE_DIR=str(tmp_path / "no-models"),
    )
    assert ran["results"]["detect_fraud"] == EXPECTED

    ops0.model.save(model, "fraud-detector-v2", alias="production")
    second = command(baking, "build", "pipeline.py:detect", "--json")["images"]
    assert second["load_rows"] == {**first["load_rows"], "built": False}
    assert second["detect_fraud"]["digest"] != first["detect_fraud"]["digest"]
    broken = next(find_model("fraud-detector-v2@4").folder.glob("value*"))
    broken.chmod(0o644)
    broken.write_bytes(b"\0" * broken.stat().st_size)
    shutil.rmtree(tmp_path / "cache", ignore_errors=True)
    told = command(
        baking,
        *("build", "pipeline.py:detect", "--no-cache", "--json"),
        code=56,
        OPS0_CACHE_DIR=str(tmp_path / "cache"),
    )
    assert "'fraud-detector-v2@4'" in told
    assert "not the bytes that its producer wrote" in told
