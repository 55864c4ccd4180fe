"""Models on a real MLflow server: saved, fetched once, given to steps, and what goes wrong there."""

from __future__ import annotations

import os
import shutil
import subprocess
import time
import urllib.request
import uuid
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from registries.server import free_port

import ops0
from ops0.cli.wiring import read_pipeline
from ops0.cli.work import open_work
from ops0.core.models.store import NoModel, find_model, read_model
from ops0.core.values.faults import InputFault, StorageFault
from ops0.runtime.orchestrator import NEWEST, RunOptions, run_pipeline
from ops0.runtime.processes import ProcessEngine
from ops0.runtime.resuming.leases import CannotResume

PROGRAM = Path(__file__).parents[2] / "build/mlflow/bin/mlflow"
STEP = """
import ops0

@ops0.step
@ops0.model.load("{reference}"{more})
def score(model):
    return {body}
"""


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    if not PROGRAM.is_file():
        assert not os.environ.get("CI"), "in CI the server must be there"
        pytest.skip("no MLflow server: scripts/mlflow.sh")
    folder, port = tmp_path_factory.mktemp("mlflow"), free_port()
    argv = [str(PROGRAM), "server", "--host", "127.0.0.1", "--port", str(port), "--workers", "1"]
    argv += ["--backend-store-uri", f"sqlite:///{folder}/db.sqlite"]
    argv += ["--artifacts-destination", f"{folder}/artifacts"]
    with (folder / "log").open("wb") as log:
        server = subprocess.Popen(argv, stdout=log, stderr=log, cwd=folder, start_new_session=True)
    try:
        answers(f"http://127.0.0.1:{port}/health", server, folder / "log")
        yield f"http://127.0.0.1:{port}"
    finally:
        with suppress(ProcessLookupError):
            os.killpg(server.pid, 15)
        server.wait()


def answers(url: str, server: subprocess.Popen[bytes], log: Path) -> None:
    end = time.monotonic() + 300  # a start takes a minute and a half on a busy machine
    while True:
        assert server.poll() is None, log.read_text()
        assert time.monotonic() < end, log.read_text()
        with suppress(OSError), urllib.request.urlopen(url, timeout=5):
            return
        time.sleep(0.2)


@pytest.fixture
def name(address: str, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setenv("MLFLOW_TRACKING_URI", address)
    return f"mlflow:m-{uuid.uuid4().hex[:8]}"


def logged_by_others(name: str, address: str, folder: Path) -> None:
    """A version as another program makes it: any files, no tag of ops0's."""
    from mlflow import MlflowClient

    registered = name.removeprefix("mlflow:")
    (folder / "theirs").mkdir()
    (folder / "theirs/MLmodel").write_text("flavors: {}\n")
    client = MlflowClient(address, address)
    run = client.create_run(client.create_experiment(registered))
    client.log_artifacts(run.info.run_id, str(folder / "theirs"), "model")
    client.create_registered_model(registered)
    client.create_model_version(registered, f"{run.info.artifact_uri}/model", run.info.run_id)


def test_versions_and_aliases_are_the_servers(
    name: str, address: str, capsys: pytest.CaptureFixture[str]
) -> None:
    from mlflow import MlflowClient

    first = ops0.model.save({"w": 1}, name, alias="champion")
    second = ops0.model.save({"w": 2}, name)
    assert (first.version, second.version) == (1, 2)
    assert capsys.readouterr().out == ""
    assert read_model(name) == {"w": 2}
    assert read_model(f"{name}@champion") == read_model(f"{name}@1") == {"w": 1}
    registered = name.removeprefix("mlflow:")
    MlflowClient(address, address).set_registered_model_alias(registered, "champion", "2")
    assert read_model(f"{name}@champion") == {"w": 2}
    told = MlflowClient(address, address).get_model_version(registered, "1").tags
    assert told["ops0.manifest"] == first.digest
    assert told["ops0.python"].startswith("3.")


def test_another_machine_gets_the_same_bytes(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    here = ops0.model.save([1, {"a": b"x"}], name)
    monkeypatch.setenv("OPS0_STATE_DIR", str(tmp_path / "elsewhere"))
    there = find_model(name)
    assert (there.digest, there.lineage) == (here.digest, here.lineage)
    assert there.folder != here.folder
    assert read_model(name) == [1, {"a": b"x"}]
    assert [path for path in there.folder.parent.iterdir() if path.name.startswith(".")] == []


def test_empty_folders_of_a_model_come_back_too(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "index" / "shards" / "0").mkdir(parents=True)
    (tmp_path / "index" / "head").write_text("h")
    ops0.model.save(tmp_path / "index", name)
    monkeypatch.setenv("OPS0_STATE_DIR", str(tmp_path / "elsewhere"))
    found = read_model(name)
    assert sorted(str(path.relative_to(found)) for path in found.rglob("*")) == [
        "head",
        "shards",
        "shards/0",
    ]


@pytest.mark.parametrize("wanted", ["", "@3", "@champion"])
def test_what_the_server_has_not(name: str, address: str, wanted: str) -> None:
    if wanted:
        ops0.model.save(1, name)
    with pytest.raises(NoModel, match=f"none is kept by the MLflow server at {address}"):
        find_model(f"{name}{wanted}")


def test_a_copy_that_was_changed_is_refused(name: str) -> None:
    kept = ops0.model.save({"w": 1}, name)
    manifest = kept.folder / "manifest.json"
    manifest.write_text(manifest.read_text().replace(kept.nonce, "0" * 32))
    with pytest.raises(InputFault, match="version 1 is not what its tag"):
        find_model(name)


def test_a_step_in_a_process_gets_what_others_have_logged_as_a_folder(
    name: str, address: str, tmp_path: Path
) -> None:
    logged_by_others(name, address, tmp_path)
    body = "[type(model).__name__, sorted(p.name for p in model.iterdir())]"
    path = tmp_path / "flow.py"
    path.write_text(STEP.format(reference=name, more="", body=body))
    kind, names = ops0.run(path)
    assert kind.endswith("Path")
    assert names == ["MLmodel"]
    assert find_model(name).lineage["mlflow_run"]


@pytest.mark.docker
@pytest.mark.parametrize("more", ["", ", bake=True"])
def test_a_step_in_a_container_knows_nothing_of_the_server(
    name: str, tmp_path: Path, more: str
) -> None:
    """It has no network and no client: the host has fetched the model, or the image holds it."""
    ops0.model.save({"w": 3}, name, alias="champion")
    path = tmp_path / "flow.py"
    path.write_text(STEP.format(reference=f"{name}@champion", more=more, body='model["w"] + 1'))
    pipeline = f"mlflow-{uuid.uuid4().hex[:8]}"
    (tmp_path / "ops0.toml").write_text(f'pipeline = "flow.py"\nname = "{pipeline}"\n')
    try:
        assert ops0.run(path, mode="containers") == 4
    finally:
        listed = ["docker", "images", "-q", "--filter", f"reference=ops0/{pipeline}/*"]
        if found := subprocess.run(listed, capture_output=True, text=True, check=True).stdout:
            subprocess.run(
                ["docker", "rmi", "-f", *set(found.split())], capture_output=True, check=True
            )


SAVING = """
import ops0

@ops0.step
def train() -> int:
    ops0.model.save({{"w": 7}}, "{name}", alias="champion")
    return 7
"""


def test_what_a_step_saves_goes_there_once_also_when_the_server_was_away(
    name: str, address: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The step is done, the run is not: going on with it uploads what the step has left, without running it."""
    from mlflow import MlflowClient

    path = tmp_path / "flow.py"
    path.write_text(SAVING.format(name=name))
    monkeypatch.setenv("MLFLOW_HTTP_REQUEST_MAX_RETRIES", "0")
    with monkeypatch.context() as away:
        away.setenv("MLFLOW_TRACKING_URI", f"http://127.0.0.1:{free_port()}")
        with pytest.raises(StorageFault, match=name):
            ops0.run(path)
    path.write_text(SAVING.format(name=name).replace("import ops0", "import ops0  # again", 1))
    pipeline = read_pipeline(open_work(str(path)))
    for _ in range(2):
        with suppress(CannotResume):
            run_pipeline(
                pipeline, ProcessEngine(tmp_path), RunOptions(resume=NEWEST, project=tmp_path)
            )
    kept = find_model(f"{name}@champion")
    assert (kept.version, read_model(name)) == (1, {"w": 7})
    assert kept.lineage["step"] == "train"
    told = MlflowClient(address, address).get_model_version(name.removeprefix("mlflow:"), "1").tags
    assert told["ops0.run"] == kept.lineage["run"]
    assert "ops0.image" not in told


def test_a_server_that_does_not_answer_is_told_without_its_password(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("MLFLOW_TRACKING_URI", f"http://me:a-canary@127.0.0.1:{free_port()}")
    monkeypatch.setenv("MLFLOW_HTTP_REQUEST_MAX_RETRIES", "0")
    with pytest.raises(StorageFault) as caught:
        find_model("mlflow:m")
    assert "model 'mlflow:m': http://127.0.0.1:" in str(caught.value)
    assert "a-canary" not in f"{caught.value}{caught.value.hint}"


def test_no_server_is_guessed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("MLFLOW_TRACKING_URI", raising=False)
    with pytest.raises(StorageFault, match="MLFLOW_TRACKING_URI is not set"):
        ops0.model.save(1, "mlflow:m")
    assert shutil.which("mlflow") is None or not Path("mlruns").exists()
