"""BuildTree -> images on the engine. An image gets its tag when it is whole and proved, not before."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import partial
from pathlib import Path
from typing import Literal

from ops0.core.errors import raise_together
from ops0.core.pipeline import StepName
from ops0.core.plan import Plan
from ops0.host.engine_socket import EngineSocket
from ops0.host.folders import cache_dir, file_lock
from ops0_builder.bases.below import see_bases
from ops0_builder.build_errors import StepBuildFailed
from ops0_builder.building.baking import Build, bake
from ops0_builder.building.build_events import ImageProgress, OnEvent
from ops0_builder.building.proof import proved
from ops0_builder.building.proofs import Proofs
from ops0_builder.building.rounds import in_rounds
from ops0_builder.building.site import BuildSite
from ops0_builder.caches import NO_CACHES, Caches
from ops0_builder.engine.engine_images import (
    EngineImages,
    Unpacked,
    add_tag,
    image_store,
    missing_images,
    present_images,
    read_images,
    remove_tag,
    unpacked,
)
from ops0_builder.planning.context import contexts_dir, contexts_lock, mark_used, stage
from ops0_builder.planning.debian import stage_system
from ops0_builder.planning.tree import BuildTree


def build_images(
    plan: Plan,
    tree: BuildTree,
    wheels: Mapping[str, Path],
    *,
    site: BuildSite,
    on_event: OnEvent,
    no_cache: bool = False,
    only: frozenset[StepName] | None = None,
    caches: Caches = NO_CACHES,
) -> Mapping[StepName, str]:
    """Build what is missing (everything, with ``no_cache`` or a cache to write) and give every image's digest.

    wheels: sha256 -> file, for all that the tree's contexts link to
    only:   build no other steps than these
    raises: StepBuildFailed, ProofFailed (together where several fail), BaseMoved, BuildxUnusable, WheelGone,
            SystemFetchFailed, EngineError
    """
    engine = site.engine
    waited: dict[StepName, None] = {}
    asked = partial(_asked, plan, only, every=no_cache or bool(caches.write))
    tell = partial(_tell_waiting, waited, engine=engine, asked=asked, on_event=on_event)
    with file_lock(site.lock(plan), on_wait=tell):
        images = read_images(engine)
        present = dict(present_images(plan, images))
        todo = asked(images)
        _report(on_event, (step for step in waited if step not in todo), "found")
        if todo:
            site.remove_killed(plan)
            with file_lock(contexts_lock(), shared=True):
                build = Build(
                    tree=tree,
                    folder=contexts_dir(),
                    engine=engine,
                    on_event=on_event,
                    no_cache=no_cache,
                    caches=caches,
                )
                present |= _build(plan, site, todo, wheels, build)
        return present


def _asked(
    plan: Plan, only: frozenset[StepName] | None, images: EngineImages, *, every: bool
) -> tuple[StepName, ...]:
    """The steps whose images are to be built: those that the engine lacks, or every one."""
    wanted = [image.step for image in plan.images] if every else missing_images(plan, images)
    return tuple(step for step in wanted if only is None or step in only)


def _tell_waiting(
    waited: dict[StepName, None],
    *,
    engine: EngineSocket,
    asked: Callable[[EngineImages], tuple[StepName, ...]],
    on_event: OnEvent,
) -> None:
    """Tell, and note, which images have to wait for the build that another process has under way."""
    waited.update(dict.fromkeys(asked(read_images(engine))))
    _report(on_event, waited, "waiting")


def _build(
    plan: Plan,
    site: BuildSite,
    todo: tuple[StepName, ...],
    wheels: Mapping[str, Path],
    build: Build,
) -> Mapping[StepName, str]:
    images = [plan.image(step) for step in todo]
    folder = cache_dir() / "proofs"
    store = image_store(build.engine)
    proofs = Proofs(
        plan,
        images,
        engine=build.engine,
        folder=folder,
        place=store.id,
        on_proof=lambda step, begun: build.on_event(_proof_stage(plan, step, begun=begun)),
    )
    digests: dict[StepName, str] = {}
    with site.unproven_tags(plan, todo) as (tags,), proofs:
        stage_contexts(build, todo, wheels)
        there = proved(plan.images, folder, store.id)
        for some in in_rounds(images, there=there) if store.containerd else (images,):
            digests |= bake_staged(build, {image.step: tags[image.step] for image in some})
            proofs.begin(digests)
        faults = proofs.faults(digests)
        for step in todo:
            if step in faults:
                remove_tag(build.engine, plan.image(step).tag)  # of an older build of the same key
            else:
                add_tag(build.engine, digests[step], plan.image(step).tag)
                build.on_event(ImageProgress(step=step, state="ready"))
        raise_together(list(faults.values()))
    return digests


def stage_contexts(build: Build, steps: tuple[StepName, ...], wheels: Mapping[str, Path]) -> None:
    """Write what these steps' targets need into the build's folder.

    raises: WheelGone, SystemFetchFailed, EngineError
    """
    _report(build.on_event, steps, "staging")
    for name in sorted(build.tree.needed(steps)):
        if name in build.tree.contexts:
            stage(build.tree.contexts[name], build.folder, wheels)
        else:
            system = build.tree.systems[name]
            stage_system(
                system.base,
                system.packages,
                build.folder / name,
                engine=build.engine,
                anew=build.no_cache,
            )
        mark_used(build.folder / name)


def bake_staged(build: Build, tags: Mapping[StepName, str]) -> Mapping[StepName, str]:
    """Build the tagged steps, whose contexts are staged, and give the engine's digests; the tags stay.

    raises: StepBuildFailed, BuildxUnusable, BaseMoved, EngineError
    """
    _report(build.on_event, tuple(tags), "building")
    try:
        bake(build, tags)
    except StepBuildFailed:
        # An engine that has died is the fault, not what was being built.
        build.engine.call("GET", "/_ping")
        raise
    built = {step: _built(build.engine, step, tag) for step, tag in tags.items()}
    see_bases(build.engine, [build.tree.targets[step].image for step in tags], built)
    return {step: one.digest for step, one in built.items()}


def _proof_stage(plan: Plan, step: StepName, *, begun: bool) -> ImageProgress:
    if not begun:
        return ImageProgress(step=step, state="proved")
    return ImageProgress(step=step, state="reading" if plan.image(step).base.native else "proving")


def _built(engine: EngineSocket, step: StepName, tag: str) -> Unpacked:
    found = unpacked(engine, tag)
    if found is None:
        raise StepBuildFailed((step,), "docker buildx bake", "it gave no image", "")
    return found


def _report(
    on_event: OnEvent,
    steps: Iterable[StepName],
    state: Literal["waiting", "found", "staging", "building"],
) -> None:
    for step in steps:
        on_event(ImageProgress(step=step, state=state))
