"""One call of ``docker buildx bake``: the document goes in on stdin, BuildKit's events come out, faults are typed."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from ops0.core.pipeline import StepName
from ops0.host.engine_errors import EngineFull, says_full
from ops0.host.engine_socket import EngineSocket
from ops0_builder.build_errors import BuildxUnusable, StepBuildFailed
from ops0_builder.building.build_events import BuildEvent, OnEvent
from ops0_builder.caches import NO_CACHES, Caches
from ops0_builder.engine.buildx import buildx_fault, run_buildx
from ops0_builder.engine.rawjson import RawJson
from ops0_builder.planning.tree import BuildTree

_LOST_SNAPSHOT = re.compile(r"parent snapshot \S+ does not exist")
"""moby/buildkit#6521: parallel builds race with the store's cleaning; a second try passes."""
_LEFT_SNAPSHOT = re.compile(r"/snapshots/\d+: file exists")
"""A folder of containerd's that a killed engine has left. Each try that comes upon one removes it."""
_LATE = re.compile(r"failed to receive status: .*no such job")
"""BuildKit gives a target some seconds from when its progress is asked for until it is begun."""
_MOST_TRIES = 8
MOST_TARGETS = 40
"""Targets of one call: all of them are begun at once, and of 120 on two busy processors some come too late."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Build:
    """What all calls of BuildKit have in common that one build makes. ``folder``: where its contexts are staged."""

    tree: BuildTree
    folder: Path
    engine: EngineSocket
    on_event: OnEvent
    no_cache: bool = False
    caches: Caches = NO_CACHES


def _bake_argv(
    tree: BuildTree,
    tags: Mapping[StepName, str],
    *,
    builder: str,
    no_cache: bool,
    caches: Caches,
) -> tuple[str, ...]:
    """Build these steps' targets, each under the given tag. Pure."""
    argv = ["docker", "buildx", "--builder", builder, "bake", "--progress=rawjson", "--file", "-"]
    if no_cache:
        argv.append("--no-cache")
    for step, tag in tags.items():
        target = tree.targets[step]
        for option in (f"tags={tag}", *caches.options(tree.pipeline, step)):
            argv += ["--set", f"{target.name}.{option}"]
    return (*argv, *(tree.targets[step].name for step in tags))


def bake(build: Build, tags: Mapping[StepName, str]) -> None:
    """Build these steps; their images stand on the engine under the tags afterwards.

    raises: StepBuildFailed, BuildxUnusable, EngineFull
    """
    first, *rest = build.caches.rounds()
    for some in batched(tags):
        _bake(replace(build, caches=first), some)
    for one in rest:  # all is built: nothing is left but to write it once more
        for some in batched(tags):
            _bake(replace(build, caches=one, no_cache=False, on_event=_silent), some)


def batched(tags: Mapping[StepName, str]) -> Iterator[Mapping[StepName, str]]:
    """The steps in their order, at most MOST_TARGETS at a time. Pure."""
    rows = list(tags.items())
    for start in range(0, len(rows), MOST_TARGETS):
        yield dict(rows[start : start + MOST_TARGETS])


def _silent(_: BuildEvent) -> None:
    pass


def _bake(build: Build, tags: Mapping[StepName, str]) -> None:
    tree, caches = build.tree, build.caches
    argv = _bake_argv(
        tree, tags, builder=build.engine.address.context, no_cache=build.no_cache, caches=caches
    )
    # Unasked, bake lets a document touch no folder outside the working one. This one is ours, the folders the user's.
    extra = {"BUILDX_BAKE_ENTITLEMENTS_FS": "0"} if caches.folders else {}
    extra |= caches.environment(os.environ)
    targets = {tree.targets[step].name: step for step in tags}
    for attempt in range(1, _MOST_TRIES + 1):
        reader = RawJson(tree.stages, targets)
        code = run_buildx(
            argv,
            reader,
            document=tree.bake_json,
            folder=build.folder,
            extra=extra,
            on_event=build.on_event,
        )
        if code == 0:
            return
        said = "\n".join([*reader.other, *(one.fact for one in reader.failures)])
        if attempt == 1 and _LOST_SNAPSHOT.search(said):
            continue
        if attempt < _MOST_TRIES and (_LEFT_SNAPSHOT.search(said) or _LATE.search(said)):
            continue
        raise _fault(reader, tree, tuple(tags), said)


def _fault(
    reader: RawJson, tree: BuildTree, steps: tuple[StepName, ...], said: str
) -> StepBuildFailed | BuildxUnusable | EngineFull:
    failed = reader.failed
    log = "" if failed is None else reader.log_of(failed)
    if says_full(f"{said}\n{log}"):
        return EngineFull("docker buildx bake")
    if failed is not None:
        layer = tree.titles.get(failed.stage, "")
        return StepBuildFailed(failed.steps or steps, failed.text, failed.fact, log, layer=layer)
    unusable = buildx_fault()
    if unusable is not None:
        return unusable
    return StepBuildFailed(steps, "docker buildx bake", "it failed", "\n".join(reader.other))
