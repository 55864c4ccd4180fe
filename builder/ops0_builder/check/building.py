"""Build each image twice without cache, under tags that go again, and compare what came out."""

from __future__ import annotations

import secrets
import tempfile
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from pathlib import Path

from ops0.core.pipeline import StepName
from ops0.core.plan import ImagePlan, Plan
from ops0.host.engine_socket import EngineSocket
from ops0.host.folders import file_lock
from ops0_builder.building.baking import Build
from ops0_builder.building.build import bake_staged, stage_contexts
from ops0_builder.building.build_events import ImageProgress, OnEvent
from ops0_builder.building.site import BuildSite
from ops0_builder.check.compare import (
    Difference,
    configuration_differences,
    layer_differences,
    layer_titles,
)
from ops0_builder.check.saved import SavedImages, saved_images
from ops0_builder.planning.context import contexts_dir, contexts_lock, stage
from ops0_builder.planning.tree import BuildTree

OnRound = Callable[[int], AbstractContextManager[OnEvent]]
"""The display of the first (1) and of the second (2) build."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Twin:
    """One image, built twice. ``first`` and ``second`` are the engine's digests."""

    step: StepName
    first: str
    second: str
    differences: tuple[Difference, ...] = ()

    @property
    def same(self) -> bool:
        """Whether both builds gave the same image."""
        return self.first == self.second


def build_twice(
    plan: Plan,
    tree: BuildTree,
    wheels: Mapping[str, Path],
    *,
    site: BuildSite,
    on_round: OnRound,
    only: frozenset[StepName],
) -> tuple[Twin, ...]:
    """Build these steps' images twice, in the plan's order. Tags, contexts and notes of other builds stay as they are.

    Each round stages its own contexts, fetches Debian packages anew and runs every instruction; nothing is proved.

    wheels: sha256 -> file, for all that the tree's contexts link to
    raises: StepBuildFailed, BuildxUnusable, WheelGone, SystemFetchFailed, CheckUnreadable, EngineError
    """
    todo = tuple(image.step for image in plan.images if image.step in only)
    contexts_dir().mkdir(parents=True, exist_ok=True)
    with file_lock(site.lock(plan)):
        site.remove_killed(plan)
        with (
            file_lock(contexts_lock(), shared=True),
            tempfile.TemporaryDirectory(prefix=".check-", dir=contexts_dir()) as scratch,
            site.unproven_tags(plan, todo, rounds=2) as (first, second),
        ):
            digests = tuple(
                _round(tree, wheels, tags, Path(scratch, str(at)), site.engine, on_round, at)
                for at, tags in ((1, first), (2, second))
            )
            twins = tuple(
                Twin(step=one, first=digests[0][one], second=digests[1][one]) for one in todo
            )
            return _explained(plan, twins, first, second, Path(scratch))


def _round(
    tree: BuildTree,
    wheels: Mapping[str, Path],
    tags: Mapping[StepName, str],
    folder: Path,
    engine: EngineSocket,
    on_round: OnRound,
    at: int,
) -> Mapping[StepName, str]:
    # BuildKit joins an instruction with the same one of a build beside this, even without cache. All of them mount the
    # tools: with other bytes there, no other build has the same instruction. Nothing reads these bytes.
    tools = stage(tree.tools, folder, wheels)
    (tools / "round").write_text(secrets.token_hex(16), encoding="ascii")
    with on_round(at) as on_event:
        build = Build(tree=tree, folder=folder, engine=engine, on_event=on_event, no_cache=True)
        stage_contexts(build, tuple(tags), wheels)
        digests = bake_staged(build, tags)
        for step in tags:
            on_event(ImageProgress(step=step, state="ready"))
    return digests


def _explained(
    plan: Plan,
    twins: tuple[Twin, ...],
    first: Mapping[StepName, str],
    second: Mapping[StepName, str],
    folder: Path,
) -> tuple[Twin, ...]:
    tags = tuple(
        tag for twin in twins if not twin.same for tag in (first[twin.step], second[twin.step])
    )
    if not tags:
        return twins
    with saved_images(tags, folder) as images:
        return tuple(
            twin
            if twin.same
            else replace(
                twin,
                differences=_differences(
                    plan.image(twin.step), images, first[twin.step], second[twin.step]
                ),
            )
            for twin in twins
        )


def _differences(
    plan: ImagePlan, images: SavedImages, first: str, second: str
) -> tuple[Difference, ...]:
    one, other = images.image(first), images.image(second)
    titles = layer_titles(
        len(one.blobs), (layer.title for layer in plan.layers if layer.kind != "base")
    )
    layers = (
        layer_differences(title, images.layer(one, at), images.layer(other, at))
        for at, title in enumerate(titles)
        if one.blobs[at] != other.blobs[at]
    )
    return (
        *(difference for layer in layers for difference in layer),
        *configuration_differences(one.configuration, other.configuration),
    )
