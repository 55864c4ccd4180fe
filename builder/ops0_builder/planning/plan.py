"""Pipeline + Lock + bases -> Plan. Pure but for reading data files through Source."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from ops0.core.digest import digest_of, sha256
from ops0.core.errors import Ops0Error, raise_together
from ops0.core.locked import Lock
from ops0.core.pipeline import Pipeline, Step, StepName
from ops0.core.plan import BaseImage, ImagePlan, Layer, Plan
from ops0.core.project_files import Source
from ops0_builder.build_errors import DataFileGone, NameUnfit
from ops0_builder.engine.names import image_tag, is_fit
from ops0_builder.planning.keys import content_key
from ops0_builder.planning.layers import package_layers
from ops0_builder.planning.runner_files import RunnerFiles

if TYPE_CHECKING:
    from ops0.core.models.store import ModelVersion

SYSTEM_FORMAT = 2
"""Part of a system layer's key: raised when the same Debian packages are laid out as other bytes."""

MODEL_FORMAT = 1
"""Part of a model layer's key: raised when the same files are laid out elsewhere or otherwise."""

_NO_MODELS: Mapping[StepName, ModelVersion] = {}


def make_plan(
    pipeline: Pipeline,
    lock: Lock,
    bases: Mapping[StepName, BaseImage],
    *,
    source: Source,
    runner: RunnerFiles,
    models: Mapping[StepName, ModelVersion] = _NO_MODELS,
) -> Plan:
    """Plan an image for every step.

    models: what is baked, of each step whose options say so
    raises: NameUnfit, DataFileGone, all of them together
    """
    raise_together([*_name_faults(pipeline), *_data_faults(pipeline, source)])
    layers = package_layers(
        {step.name: (bases[step.name], lock.step(step.name)) for step in pipeline.steps}
    )
    images = tuple(
        _image(
            pipeline.name,
            step,
            bases[step.name],
            lock.step(step.name).digest,
            layers[step.name],
            source=source,
            runner=runner,
            model=models.get(step.name),
        )
        for step in pipeline.steps
    )
    return Plan(pipeline=pipeline, images=images)


def _image(
    pipeline: str,
    step: Step,
    base: BaseImage,
    lock: str,
    packages: tuple[Layer, ...],
    *,
    source: Source,
    runner: RunnerFiles,
    model: ModelVersion | None,
) -> ImagePlan:
    data = tuple((one.path, sha256(source.read(one.path) or b"")) for one in step.data)
    imports = tuple(sorted({name for need in step.needs for name in need.imports}))
    below = (_base_layer(base), *_system_layers(base, step), *packages, _runner_layer(base, runner))
    below += () if model is None else (_model_layer(model),)
    key = content_key(
        pipeline=pipeline,
        step=step,
        base=base,
        lock=lock,
        layers=below,
        data=data,
        imports=imports,
    )
    return ImagePlan(
        step=step.name,
        base=base,
        layers=(*below, _code_layer(step, key)),
        imports=imports,
        module=step.module,
        function=step.function,
        options=step.options,
        key=key,
        tag=image_tag(pipeline, step.name, key),
        native_code=bool(step.native_code),
        model=model,
    )


def _base_layer(base: BaseImage) -> Layer:
    return Layer(kind="base", key=base.digest.removeprefix("sha256:"), title=base.reference)


def _system_layers(base: BaseImage, step: Step) -> tuple[Layer, ...]:
    """One layer of those Debian packages that the base lacks; none where it has them all."""
    names = tuple(sorted({need.name for need in step.system} - set(base.packages)))
    if not names:
        return ()
    key = digest_of(["system", SYSTEM_FORMAT, base.digest, list(names)])
    return (Layer(kind="system", key=key, title=", ".join(names), system=names),)


def _runner_layer(base: BaseImage, runner: RunnerFiles) -> Layer:
    key = digest_of(["runner", base.digest, runner.digest])
    size = sum(len(data) for data in runner.files.values())
    return Layer(kind="runner", key=key, title="runner", size=size)


def _model_layer(model: ModelVersion) -> Layer:
    key = digest_of(["model", MODEL_FORMAT, model.digest])
    title = f"model {model.name}@{model.version}"
    return Layer(kind="model", key=key, title=title, size=model.size)


def _code_layer(step: Step, key: str) -> Layer:
    size = sum(len(slice_.text.encode()) for slice_ in step.slices)
    return Layer(kind="code", key=key, title=f"code of {step.name}", size=size)


def _name_faults(pipeline: Pipeline) -> list[Ops0Error]:
    faults: list[Ops0Error] = []
    if not is_fit(pipeline.name):
        faults.append(NameUnfit(pipeline.entry, "pipeline", pipeline.name))
    faults.extend(
        NameUnfit(str(step.where), "step", step.name)
        for step in pipeline.steps
        if not is_fit(step.name)
    )
    return faults


def _data_faults(pipeline: Pipeline, source: Source) -> list[Ops0Error]:
    return [
        DataFileGone(step.name, one.path, str(one.reason.where))
        for step in pipeline.steps
        for one in step.data
        if source.read(one.path) is None
    ]
