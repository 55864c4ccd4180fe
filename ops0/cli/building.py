"""From a plan to images, for the commands: wheels, tree, builds. The stages after ``ops0.cli.wiring``'s."""
# ruff: noqa: PLC0415 - a build with nothing to do loads none of it

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from ops0.cli.work import Say, Work, silent
from ops0.core.locked import Lock
from ops0.core.pipeline import StepName
from ops0.core.plan import Plan

if TYPE_CHECKING:
    from ops0_builder.building.build_events import OnEvent
    from ops0_builder.building.site import BuildSite
    from ops0_builder.caches import Caches
    from ops0_builder.check.building import OnRound, Twin
    from ops0_builder.planning.tree import BuildTree


def make_tree(work: Work, plan: Plan) -> BuildTree:
    """Render the Dockerfiles, contexts and the bake document."""
    from ops0_builder.planning.tree import build_tree
    from ops0_builder.planning.uv_file import uv_file

    uv, _ = uv_file()
    return build_tree(plan, source=work.project.source, runner=work.runner, uv=uv)


@dataclass(frozen=True, kw_only=True, slots=True)
class Built:
    """What a build gave. ``made``: the steps whose images were built now; ``digests`` has all of them."""

    plan: Plan
    digests: Mapping[StepName, str]
    made: tuple[StepName, ...]


def present(work: Work, plan: Plan) -> Mapping[StepName, str]:
    """The digests of the images that the engine has already. No program, no SDK, each image asked for once."""
    from ops0_builder.engine.engine_images import present_images

    return present_images(plan, work.images)


def missing_steps(
    plan: Plan,
    present: Collection[StepName],
    *,
    only: Iterable[StepName] | None,
    no_cache: bool = False,
) -> frozenset[StepName]:
    """The steps whose images must be built; with ``no_cache`` all that are wanted. Pure."""
    wanted = frozenset(image.step for image in plan.images)
    if only is not None:
        wanted &= frozenset(only)
    return wanted if no_cache else wanted.difference(present)


def fetch_wheels(
    work: Work, lock: Lock, steps: Collection[StepName], *, say: Say
) -> Mapping[str, Path]:
    """sha256 -> file for all that these steps install. Raises LockError and its kinds."""
    from ops0_builder.lock import fill_wheelhouse, take_wheelhouse

    if work.wheelhouse is not None:
        return take_wheelhouse(lock, work.wheelhouse, steps=steps)
    project = work.project
    return fill_wheelhouse(
        lock,
        root=project.root,
        steps=steps,
        progress=say,
        entry=project.entry,
        folder=work.lock_folder,
    )


def export_wheels(work: Work, lock: Lock, folder: Path, *, say: Say = silent) -> int:
    """Copy all wheels of a lock into a folder, fetched where missing. Gives their bytes. Raises LockError's kinds."""
    from ops0_builder.lock import export_wheelhouse

    wheels = fetch_wheels(work, lock, [step.step for step in lock.steps], say=say)
    return export_wheelhouse(lock, wheels, folder)


def build(
    work: Work,
    plan: Plan,
    wheels: Mapping[str, Path],
    steps: frozenset[StepName],
    *,
    on_event: OnEvent,
    no_cache: bool = False,
    caches: Caches | None = None,
) -> Built:
    """Build these steps' images, but those that a build beside it made meanwhile.

    raises: BuildError, EngineError and their kinds
    """
    from ops0_builder.building.build import build_images
    from ops0_builder.building.build_events import BuildEvent, ImageProgress
    from ops0_builder.caches import NO_CACHES
    from ops0_builder.planning.uv_file import uv_file

    uv, uv_path = uv_file()
    ready: set[StepName] = set()

    def note(event: BuildEvent) -> None:
        if isinstance(event, ImageProgress) and event.state == "ready":
            ready.add(event.step)
        on_event(event)

    digests = build_images(
        plan,
        make_tree(work, plan),
        {**wheels, uv.sha256: uv_path},
        site=_site(work),
        on_event=note,
        no_cache=no_cache,
        only=steps,
        caches=caches or NO_CACHES,
    )
    made = tuple(image.step for image in plan.images if image.step in ready)
    return Built(plan=plan, digests=digests, made=made)


def build_twice(
    work: Work,
    plan: Plan,
    wheels: Mapping[str, Path],
    steps: frozenset[StepName],
    *,
    on_round: OnRound,
) -> tuple[Twin, ...]:
    """Build these steps' images twice without cache, aside. Raises BuildError, EngineError and their kinds."""
    from ops0_builder.check.building import build_twice as twice
    from ops0_builder.planning.uv_file import uv_file

    uv, uv_path = uv_file()
    files = {**wheels, uv.sha256: uv_path}
    tree = make_tree(work, plan)
    return twice(plan, tree, files, site=_site(work), on_round=on_round, only=steps)


def _site(work: Work) -> BuildSite:
    from ops0_builder.building.site import BuildSite

    return BuildSite(root=work.project.root, engine=work.engine)
