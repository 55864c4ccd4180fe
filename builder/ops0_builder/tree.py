"""Plan -> BuildTree: Dockerfiles, contexts and the bake document. Pure: same plan, same bytes."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass

from ops0.core.locked import LockedFile
from ops0.core.pipeline import Step, StepName
from ops0.core.plan import ImagePlan, Layer, Plan
from ops0.core.source import Source
from ops0_builder.bake import Target, bake_document
from ops0_builder.context import Context
from ops0_builder.dockerfile import Mount, Stage, step_dockerfile
from ops0_builder.names import stage_name, target_name
from ops0_builder.resources import resource
from ops0_builder.runner_files import RunnerFiles
from ops0_runner.protocol import CODE_DIR, STEP_FILE, VERSION


@dataclass(frozen=True, kw_only=True)
class SystemContext:
    """Debian packages that are fetched when the image is built. Its folder holds one file, ``system.tar``."""

    image: ImagePlan
    layer: Layer

    @property
    def folder(self) -> str:
        """Named by the layer's key: base and names, for what they resolve to is the archive's to say."""
        return f"system-{self.layer.key[:16]}"


@dataclass(frozen=True, kw_only=True)
class BuildTree:
    """All that BuildKit gets.

    targets:  step -> its target in ``bake``
    bake:     the bake document; folders in it are the contexts' own
    contexts: folder -> Context;  systems: folder -> SystemContext
    stages:   stage -> the steps whose images have it, to tell whose instruction runs or fails
    """

    targets: Mapping[StepName, Target]
    bake: Mapping[str, object]
    contexts: Mapping[str, Context]
    systems: Mapping[str, SystemContext]
    stages: Mapping[str, tuple[StepName, ...]]

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
    shared = {
        "runner": Context(name="runner", files=runner.files),
        "tools": Context(name="tools", files=_tools()),
        "uv": Context(name="uv", linked=(uv,)),
    }
    contexts: dict[str, Context] = {one.folder: one for one in shared.values()}
    systems: dict[str, SystemContext] = {}
    targets: dict[StepName, Target] = {}
    owners: dict[str, list[StepName]] = {}
    for image in plan.images:
        named = {name: one.folder for name, one in shared.items()}
        stages: list[Stage] = []
        for layer in image.layers:
            stage = layer_stage(layer)
            if stage is None:
                continue
            stages.append(stage)
            owners.setdefault(stage.name, []).append(image.step)
            if layer.kind == "system":
                system = SystemContext(image=image, layer=layer)
                systems[system.folder] = system
                named[f"{stage.name}-tree"] = system.folder
            elif layer.distributions:
                wheels = _wheels(stage.name, layer)
                contexts[wheels.folder] = wheels
                named[f"{stage.name}-wheels"] = wheels.folder
        step = plan.pipeline.step(image.step)
        text = step_dockerfile(image, plan.pipeline.name, tuple(stages))
        own = Context(
            name=target_name(image.step), files={"Dockerfile": text.encode(), **_code(step, source)}
        )
        contexts[own.folder] = own
        targets[image.step] = Target(
            name=target_name(image.step), context=own.folder, named=named, image=image
        )
    return BuildTree(
        targets=targets,
        bake=bake_document(plan.pipeline.name, tuple(targets.values())),
        contexts=contexts,
        systems=systems,
        stages={name: tuple(steps) for name, steps in owners.items()},
    )


def step_json(step: Step) -> bytes:
    """STEP.json of the runner's protocol; roots are those of the image."""
    roots = [CODE_DIR if root in ("", ".") else f"{CODE_DIR}/{root}" for root in step.roots]
    value = {
        "v": VERSION,
        "step": step.name,
        "module": step.module,
        "function": step.function,
        "roots": roots,
    }
    return (json.dumps(value, sort_keys=True) + "\n").encode()


def layer_stage(layer: Layer) -> Stage | None:
    """The build stage that makes a layer; None for the base and the code."""
    if layer.kind in ("base", "code"):
        return None
    title = layer.distributions[0].name if layer.kind == "package" else ""
    name = stage_name(layer.kind, title, layer.key)
    tools = Mount(context="tools", target="/ops0-build/tools")
    if layer.kind == "runner":
        mounts: tuple[Mount, ...] = (tools, Mount(context="runner", target="/ops0-build/runner"))
    elif layer.kind == "system":
        mounts = (tools, Mount(context=f"{name}-tree", target="/ops0-build/system"))
    else:
        mounts = (
            tools,
            Mount(context="uv", target="/ops0-build/uv"),
            Mount(context=f"{name}-wheels", target="/ops0-build/wheels"),
        )
    return Stage(name=name, kind=layer.kind, comment=layer.title, mounts=mounts)


def _wheels(stage: str, layer: Layer) -> Context:
    lines = [
        f"{one.name}=={one.version} --hash=sha256:{one.wheel.sha256}\n"
        for one in layer.distributions
    ]
    return Context(
        name=stage,
        files={"requirements.txt": "".join(lines).encode()},
        linked=tuple(one.wheel for one in layer.distributions),
    )


def _code(step: Step, source: Source) -> Mapping[str, bytes]:
    files = {f"files{CODE_DIR}/{one.path}": one.text.encode() for one in step.slices}
    for one in step.data:
        files[f"files{CODE_DIR}/{one.path}"] = source.read(one.path) or b""
    files[f"files{STEP_FILE}"] = step_json(step)
    return files


def _tools() -> Mapping[str, bytes]:
    return {"install.py": (resource("templates") / "install.py").read_bytes()}
