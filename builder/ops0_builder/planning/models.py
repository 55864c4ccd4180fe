"""Models that images hold: the versions that a pipeline's steps name, and their files as they stand in a layer."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from ops0.core.models.store import ModelDamaged, ModelVersion, find_models
from ops0.core.pipeline import Pipeline, StepName
from ops0.core.values.faults import InputFault
from ops0.core.values.files import checked_path
from ops0.core.values.manifest import read_manifest
from ops0_runner.protocol import MANIFEST_NAME, MODEL_DIR


def baked_models(pipeline: Pipeline) -> Mapping[StepName, ModelVersion]:
    """The version that each baked model is now. Raises NoModel, all together; InputFault for a broken manifest."""
    return find_models(
        {
            step.name: step.options.model
            for step in pipeline.steps
            if step.options.model is not None and step.options.bake
        }
    )


def lay_out(model: ModelVersion, folder: Path) -> None:
    """Copy a model's files below MODEL_DIR in ``folder``, and check them there: nothing is unpickled.

    raises: ModelDamaged, OSError
    """
    target = folder / MODEL_DIR[1:]
    shutil.copytree(model.folder, target)
    try:
        known = _checked_names(model, target)
    except InputFault as fault:
        raise ModelDamaged(model.name, model.version, str(fault)) from None
    for path in sorted(target.rglob("*")):
        if not path.is_dir() and path.relative_to(target).as_posix() not in known:
            path.unlink()  # of no value: no image may depend on it


def is_laid_out(model: ModelVersion, folder: Path) -> bool:
    """Whether ``lay_out`` has been here, and each file is as it left it. Raises OSError."""
    try:
        return bool(_checked_names(model, folder / MODEL_DIR[1:]))
    except InputFault:
        return False


def _checked_names(model: ModelVersion, target: Path) -> frozenset[str]:
    """The names of all files that a model has, which are what its manifest says. Raises InputFault."""
    manifest = read_manifest(str(target), nonce=model.nonce, digest=model.digest)
    entries = list(_entries(manifest["value"]))
    for entry in entries:
        checked_path(str(target), entry)
    return frozenset((MANIFEST_NAME, *(str(entry["name"]) for entry in entries)))


def _entries(value: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    yield from value.get("files") or ()
    for item in value.get("items") or ():
        yield from _entries(item)
