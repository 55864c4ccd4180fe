"""Models that steps save: kept once, with where they come from, when the result is committed, and not before."""

from __future__ import annotations

import hashlib
import json
import threading
from io import BytesIO
from types import SimpleNamespace
from typing import Any

import pytest

from ops0.core.errors import RunError
from ops0.core.models.store import find_model, keep_written, known_models, read_model
from ops0.core.values.faults import StorageFault
from ops0.runtime.engine import Member
from ops0.runtime.errors import CallFailed, StepFailed
from ops0.runtime.events import read_events
from ops0.runtime.keeping import shelving
from ops0.runtime.orchestrator import NEWEST, RunOptions, run_pipeline
from ops0.runtime.outputs.manifest import BadManifest, parse_manifest
from ops0.runtime.runs import kept_runs, run_folder

DATA = b'{"w":1}'


def value(data: bytes = DATA) -> dict[str, Any]:
    file = {"name": "value.json", "size": len(data), "sha256": hashlib.sha256(data).hexdigest()}
    told = {"format": "json", "type": "builtins.dict", "size": len(data), "preview": "{}"}
    return {**told, "files": [file], "items": None}


def saving(make: SimpleNamespace, *names: str, data: bytes = DATA, **more: Any) -> Any:
    """A step that saves models of these names; ``data``: what its files really hold."""

    def manifest(given: dict[str, Any]) -> bytes:
        models = [{"name": name, "alias": "best", "value": value()} for name in names]
        return json.dumps({**given, "models": models}).encode()

    def members() -> list[Member]:
        return [
            Member(f"{number}/value.json", "file", len(data), BytesIO(data).read)
            for number in range(len(names))
        ]

    return make.Behaviour(manifest=manifest, beside={".models": members()}, **more)


def test_they_are_kept_with_where_they_come_from(make: SimpleNamespace) -> None:
    engine = make.Engine({("train", 1): saving(make, "m", "m")})
    report = run_pipeline(make.pipeline(make.call("load"), make.call("train", "load")), engine)
    version = find_model("m@best")
    assert version.version == 2
    assert read_model("m@1") == read_model("m@2") == {"w": 1}
    events = list(read_events(report.folder.events))
    loaded = next(one for one in events if one.kind == "attempt.done" and one.call == "load")
    assert version.lineage == {
        "run": report.run,
        "call": "train",
        "step": "train",
        "attempt": 1,
        "python": "3.11.2",
        "image": "sha256:train",
        "code": "code of train",
        "inputs": {"load": loaded.data["manifest"]},
    }
    told = [(one.data["name"], one.data["version"]) for one in events if one.kind == "model.saved"]
    assert told == [("m", 1), ("m", 2)]
    assert not report.folder.all_models.exists()


def test_a_step_that_fails_leaves_no_version_and_one_that_is_tried_again_one(
    make: SimpleNamespace,
) -> None:
    pipeline = make.pipeline(make.call("train"), options={"train": {"retry_attempts": 2}})
    with pytest.raises(StepFailed):
        run_pipeline(pipeline, make.Engine({("train", 0): make.raises()}))
    assert known_models() == ()
    engine = make.Engine({("train", 1): make.raises(), ("train", 2): saving(make, "m")})
    run_pipeline(pipeline, engine)
    assert known_models() == ("m@1",)
    assert find_model("m").lineage["attempt"] == 2


def test_files_that_are_not_what_the_manifest_says_fail_the_step(make: SimpleNamespace) -> None:
    engine = make.Engine({("train", 1): saving(make, "m", data=b'{"w":2}')})
    with pytest.raises(CallFailed, match="is not what its producer wrote"):
        run_pipeline(make.pipeline(make.call("train")), engine)
    assert known_models() == ()


def test_what_a_store_refuses_fails_the_run_and_is_kept_when_it_is_resumed(
    make: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The step is done and does not run again; what was kept already is not kept twice."""
    pipeline = make.pipeline(make.call("train"))

    def refusing(folder: Any, head: Any, alias: Any) -> Any:
        if head["name"] == "second":
            raise StorageFault("the server is away")
        return keep_written(folder, head, alias)

    with monkeypatch.context() as patched:
        patched.setattr(shelving, "keep_written", refusing)
        with pytest.raises(StorageFault, match="away"):
            run_pipeline(pipeline, make.Engine({("train", 1): saving(make, "first", "second")}))
    (run,) = kept_runs()
    assert run_folder(run).models("train", 1).is_dir()
    again = make.Engine()
    report = run_pipeline(pipeline, again, RunOptions(resume=NEWEST))
    assert again.started == []
    assert known_models() == ("first@1", "second@1")
    assert report.state == "done"
    assert not report.folder.all_models.exists()


def test_no_thread_outlives_a_run_that_saved_models(make: SimpleNamespace) -> None:
    run_pipeline(make.pipeline(make.call("a")), make.Engine({("a", 1): saving(make, "first")}))
    for thread in threading.enumerate():
        if thread.name == "ops0 models":
            thread.join(10)
    assert "ops0 models" not in {thread.name for thread in threading.enumerate()}


def test_a_store_that_is_slow_does_not_hold_a_run_that_shall_end(
    make: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shelving, "_HURRY", 0.0)
    shelves = shelving.Shelves(SimpleNamespace(), SimpleNamespace())  # type: ignore[arg-type]
    shelves._open = 1
    (fault,) = shelves.finish(lambda: True)
    assert isinstance(fault, RunError)
    assert "--resume" in str(fault.hint)


@pytest.mark.parametrize(
    ("models", "says"),
    [
        ({}, "models: not a list"),
        ([1], r"models\[0\]: not an object"),
        ([{"name": "../x", "alias": None, "value": value()}], "no name of a model"),
        ([{"name": "m", "alias": "3", "value": value()}], "no name of a model"),
        ([{"name": "m", "alias": 3, "value": value()}], "no name of a model"),
        ([{"name": "m", "alias": None, "value": {}}], r"models\[0\]\.value"),
        ([{"name": "m", "alias": None, "value": value()}] * 101, "at most 100"),
    ],
)
def test_a_manifest_that_lies_of_models_is_refused(models: Any, says: str) -> None:
    head = {"v": 1, "run": "r", "call": "c", "attempt": 1, "nonce": "n", "python": "3.11.2"}
    with pytest.raises(BadManifest, match=says):
        parse_manifest(json.dumps({**head, "value": value(), "models": models}).encode())
