"""Plan -> BuildTree: Dockerfiles, contexts and the bake document. Pure: same plan, same bytes."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ops0.core.locked import LockedFile
from ops0.core.pipeline import Step, StepName
from ops0.core.plan import UNSTAGED, BaseImage, ImagePlan, Layer, Plan
from ops0.core.project_files import Source
from ops0_builder.engine.names import stage_name, target_name
from ops0_builder.lock.uv_program import uv_platform
from ops0_builder.planning.bake import Target, bake_document
from ops0_builder.planning.context import Context, wheels_context
from ops0_builder.planning.dockerfile import Mount, Stage, step_dockerfile
from ops0_builder.planning.runner_files import RunnerFiles
from ops0_builder.resources import resource
from ops0_runner.protocol import CODE_DIR, MODEL_DIR, STEP_FILE, VERSION

if TYPE_CHECKING:
    from ops0.core.models.store import ModelVersion

_NOTHING = Context(name="nothing")
"""Every target's main context. BuildKit knows the folders that it has received by the main context's path and their own
names: with one path for ever and names by content, it asks for no file twice and mistakes none for another."""


@dataclass(frozen=True, kw_only=True, slots=True)
class _Shared:
    """The contexts that stages have in common."""

    runner: Context
    tools: Context
    uv: Context

    @property
    def all(self) -> tuple[Context, ...]:
        return (self.runner, self.tools, self.uv)


@dataclass(frozen=True, kw_only=True)
class SystemContext:
    """Debian packages that are fetched when the image is built. Its folder holds one file, ``system.tar``."""

    base: BaseImage
    packages: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class BuildTree:
    """All that BuildKit gets.

    pipeline: its name;  targets: step -> its target in ``bake``
    bake:     the bake document; folders in it are the contexts' own
    contexts: folder -> Context;  systems: folder -> SystemContext
    tools:    the one of the contexts that every instruction sees
    stages:   stage -> the steps whose images have it, to tell whose instruction runs or fails
    titles:   stage -> what its layer is for people, ``pandas 2.2.1``
    """

    targets: Mapping[StepName, Target]
    bake: Mapping[str, object]
    contexts: Mapping[str, Context]
    systems: Mapping[str, SystemContext]
    tools: Context
    stages: Mapping[str, tuple[StepName, ...]]
    titles: Mapping[str, str]
    pipeline: str

    def needed(self, steps: tuple[StepName, ...]) -> frozenset[str]:
        """The folders that these steps' targets name."""
        return frozenset(folder for step in steps for folder in self.targets[step].folders)

    @property
    def bake_json(self) -> bytes:
        """The bake document as a file."""
        return (json.dumps(self.bake, indent=2, sort_keys=True) + "\n").encode()


def build_tree(plan: Plan, *, source: Source, runner: RunnerFiles, uv: LockedFile) -> BuildTree:
    """Render a plan.

    uv: the uv program, as a file of the wheelhouse named ``uv``
    """
    shared = _Shared(
        runner=Context(name="runner", files=runner.files),
        tools=Context(name="tools", files=_tools()),
        uv=Context(name="uv", linked=(uv,)),
    )
    contexts: dict[str, Context] = {_NOTHING.folder: _NOTHING}
    targets: dict[StepName, Target] = {}
    owners: dict[str, list[StepName]] = {}
    titles: dict[str, str] = {}
    for image in plan.images:
        stages = tuple(
            filter(None, (_layer_stage(layer, shared, image.base) for layer in image.layers))
        )
        for stage in stages:
            owners.setdefault(stage.name, []).append(image.step)
            titles[stage.name] = stage.comment
        code = _code(image, plan.pipeline.step(image.step), source)
        models = _models(image)
        text = step_dockerfile(image, plan.pipeline.name, stages, (*models, code))
        recipe = Context(name=target_name(image.step), files={"Dockerfile": text.encode()})
        wheels = (_wheels(layer) for layer in image.layers if layer.distributions)
        contexts |= {one.folder: one for one in (*shared.all, *wheels, *models, code, recipe)}
        targets[image.step] = _target(image, recipe, stages, (*models, code))
    return BuildTree(
        targets=targets,
        bake=bake_document(plan.pipeline.name, tuple(targets.values())),
        contexts=contexts,
        systems=_systems(plan),
        tools=shared.tools,
        stages={name: tuple(steps) for name, steps in owners.items()},
        titles=titles,
        pipeline=plan.pipeline.name,
    )


def _systems(plan: Plan) -> Mapping[str, SystemContext]:
    return {
        _system_folder(layer): SystemContext(base=image.base, packages=layer.system)
        for image in plan.images
        for layer in image.layers
        if layer.kind == "system"
    }


def _target(
    image: ImagePlan, recipe: Context, stages: tuple[Stage, ...], copied: tuple[Context, ...]
) -> Target:
    mounted = {mount.context for stage in stages for mount in stage.mounts}
    return Target(
        name=recipe.name,
        context=_NOTHING.folder,
        recipe=recipe.folder,
        named=tuple(sorted(mounted | {one.folder for one in copied})),
        image=image,
    )


def _step_json(step: Step, model: ModelVersion | None = None) -> bytes:
    """STEP.json of the runner's protocol; roots are those of the image, and so is the model's folder."""
    roots = [CODE_DIR if root in ("", ".") else f"{CODE_DIR}/{root}" for root in step.roots]
    value: dict[str, object] = {
        "v": VERSION,
        "step": step.name,
        "module": step.module,
        "function": step.function,
        "roots": roots,
    }
    if model is not None:
        value["model"] = {"path": MODEL_DIR, "nonce": model.nonce, "manifest": model.digest}
    return (json.dumps(value, sort_keys=True) + "\n").encode()


def _layer_stage(layer: Layer, shared: _Shared, base: BaseImage) -> Stage | None:
    """The build stage that makes a layer; None for the base, and for files that are copied as they are."""
    if layer.kind in UNSTAGED:
        return None
    mounts = [Mount(context=shared.tools.folder, target="/ops0-build/tools")]
    if layer.kind == "runner":
        mounts.append(Mount(context=shared.runner.folder, target="/ops0-build/runner"))
    elif layer.kind == "system":
        mounts.append(Mount(context=_system_folder(layer), target="/ops0-build/system"))
    else:
        mounts.append(Mount(context=shared.uv.folder, target="/ops0-build/uv"))
        mounts.append(Mount(context=_wheels(layer).folder, target="/ops0-build/wheels"))
    return Stage(
        name=layer_name(layer),
        kind=layer.kind,
        comment=layer.title,
        mounts=tuple(mounts),
        wheels_for=uv_platform(base.target) if base.native else "",
    )


def layer_name(layer: Layer) -> str:
    """The name of the build stage that makes a layer."""
    title = layer.distributions[0].name if layer.kind == "package" else ""
    return stage_name(layer.kind, title, layer.key)


def _system_folder(layer: Layer) -> str:
    """Named by base and packages, for what these resolve to is the archive's to say."""
    return f"system-{layer.key[:16]}"


def _wheels(layer: Layer) -> Context:
    return wheels_context(f"{layer_name(layer)}-wheels", layer.distributions)


def _code(image: ImagePlan, step: Step, source: Source) -> Context:
    files = {f"{CODE_DIR[1:]}/{one.path}": one.text.encode() for one in step.slices}
    for one in step.data:
        files[f"{CODE_DIR[1:]}/{one.path}"] = source.read(one.path) or b""
    files[STEP_FILE[1:]] = _step_json(step, image.model)
    return Context(name=stage_name("code", step.name, image.key), files=files)


def _models(image: ImagePlan) -> tuple[Context, ...]:
    return () if image.model is None else (Context(name="model", model=image.model),)


def _tools() -> Mapping[str, bytes]:
    return {"install.py": (resource("templates") / "install.py").read_bytes()}
