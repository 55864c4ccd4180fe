"""Models that images hold: their layer, their files as they are laid out, and what is refused."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

import ops0
from ops0.core.locked import LockedFile
from ops0.core.models.store import ModelDamaged, ModelVersion, NoModel, find_model
from ops0.core.pipeline import Step, StepName
from ops0.core.plan import Plan
from ops0.core.project_files import MemorySource
from ops0.core.step_options import StepOptions
from ops0.core.values.manifest import read_manifest
from ops0.core.values.store import load_value
from ops0_builder.about.provenance import provenance_of
from ops0_builder.planning.context import EPOCH, Context, stage
from ops0_builder.planning.models import baked_models, lay_out
from ops0_builder.planning.plan import make_plan
from ops0_builder.planning.runner_files import RunnerFiles
from ops0_builder.planning.tree import build_tree

RUNNER = RunnerFiles({"ops0_runner/__init__.py": b""})
UV = LockedFile(filename="uv", sha256="f" * 64, size=60_000_000)


def baking(make: Any, name: str, reference: str) -> Step:
    step: Step = make.step(name)
    return replace(step, options=StepOptions(model=reference, bake=True))


def planned(make: Any, reference: str = "m") -> Plan:
    score, load = baking(make, "score", reference), make.step("load")
    pipeline = make.pipeline(load, score)
    base = make.base()
    return make_plan(
        pipeline,
        make.lock(load=(), score=()),
        {load.name: base, score.name: base},
        source=MemorySource(),
        runner=RUNNER,
        models=baked_models(pipeline),
    )


def test_it_is_a_layer_below_the_code_of_its_own_step_only(make: Any) -> None:
    kept = ops0.model.save({"w": 1}, "m")
    load, score = planned(make).images
    assert [layer.kind for layer in load.layers] == ["base", "runner", "code"]
    assert [layer.kind for layer in score.layers] == ["base", "runner", "model", "code"]
    assert score.layers[2].title == "model m@1"
    assert score.layers[2].size == kept.size
    assert score.model is not None
    assert score.model.digest == kept.digest


def test_another_version_is_another_image_and_no_other_steps(make: Any) -> None:
    ops0.model.save({"w": 1}, "m")
    load, score = planned(make).images
    ops0.model.save({"w": 1}, "m")
    again = planned(make).images
    assert again[0].key == load.key
    assert again[1].key != score.key
    assert planned(make, "m@1").images[1].key == score.key


def test_the_dockerfile_copies_it_before_the_code_and_the_step_knows_where_it_is(make: Any) -> None:
    kept = ops0.model.save({"w": 1}, "m")
    tree = build_tree(planned(make), source=MemorySource(), runner=RUNNER, uv=UV)
    target = tree.targets[StepName("score")]
    text = tree.contexts[target.recipe].files["Dockerfile"].decode()
    copied = [line.split("--from=")[1] for line in text.splitlines() if " / /" in line]
    (model, code) = (line.split()[0] for line in copied)
    assert model.startswith("model-")
    assert {model, code} <= set(target.named)
    step = json.loads(tree.contexts[code].files["ops0/step.json"])
    assert step["model"] == {"path": "/ops0/model", "nonce": kept.nonce, "manifest": kept.digest}


def test_its_files_are_laid_out_with_fixed_modes_and_times(make: Any, tmp_path: Path) -> None:
    kept = ops0.model.save({"rows": [1, 2], "raw": b"12"}, "m")
    (kept.folder / "notes.txt").write_text("no part of the value")
    model = planned(make).images[1].model
    folder = stage(Context(name="model", model=model), tmp_path, {}) / "ops0/model"
    files = [path for path in folder.rglob("*") if path.is_file()]
    assert "notes.txt" not in {path.name for path in files}
    assert {path.stat().st_mode & 0o777 for path in files} == {0o644}
    assert {path.stat().st_mtime for path in folder.rglob("*")} == {EPOCH}
    manifest = read_manifest(str(folder), nonce=kept.nonce, digest=kept.digest)
    assert load_value(manifest["value"], str(folder)) == {"rows": [1, 2], "raw": b"12"}


def test_what_is_damaged_gets_into_no_image(make: Any, tmp_path: Path) -> None:
    kept = ops0.model.save({"w": 1}, "m")
    model = planned(make).images[1].model
    assert model is not None
    flip(kept)
    with pytest.raises(ModelDamaged, match=r"model 'm@1': value\.json: not the bytes"):
        lay_out(model, tmp_path)
    with pytest.raises(ModelDamaged):
        stage(Context(name="model", model=model), tmp_path / "contexts", {})
    assert list((tmp_path / "contexts").iterdir()) == []


def test_what_a_power_cut_left_of_it_is_laid_out_again(make: Any, tmp_path: Path) -> None:
    kept = ops0.model.save({"w": 1}, "m")
    context = Context(name="model", model=planned(make).images[1].model)
    folder = stage(context, tmp_path, {})
    value = folder / "ops0/model/value.json"
    inode = folder.stat().st_ino
    assert stage(context, tmp_path, {}).stat().st_ino == inode
    value.write_bytes(bytes(value.stat().st_size))
    stage(context, tmp_path, {})
    assert value.read_bytes() == (kept.folder / "value.json").read_bytes()


def test_models_that_are_not_kept_are_told_together(make: Any) -> None:
    steps = [baking(make, name, f"{name}-model") for name in ("a", "b")]
    with pytest.raises(ops0.Ops0Error) as caught:
        baked_models(make.pipeline(*steps))
    assert {type(one) for one in caught.value.errors} == {NoModel}  # type: ignore[attr-defined]
    assert "a-model" in str(caught.value)
    assert "b-model" in str(caught.value)


def test_the_provenance_names_it(make: Any) -> None:
    kept = ops0.model.save({"w": 1}, "m")
    image = planned(make).images[1]
    told = json.loads(
        provenance_of(image, pipeline="p", entry="p.py", digest="sha256:00", program="1")
    )
    found = told["predicate"]["buildDefinition"]["resolvedDependencies"][-1]
    assert found == {"name": "model m@1", "digest": {"sha256": kept.digest}}


def flip(kept: ModelVersion) -> None:
    path = find_model(f"m@{kept.version}").folder / "value.json"
    path.chmod(0o644)
    path.write_bytes(path.read_bytes()[::-1])


def test_empty_folders_of_a_model_are_laid_out_too(make: Any, tmp_path: Path) -> None:
    (tmp_path / "index" / "shards").mkdir(parents=True)
    ops0.model.save(tmp_path / "index", "m")
    model = planned(make).images[1].model
    assert model is not None
    folder = stage(Context(name="model", model=model), tmp_path / "contexts", {}) / "ops0/model"
    index = load_value(read_manifest(str(folder))["value"], str(folder))
    assert [path.name for path in index.iterdir()] == ["shards"]
