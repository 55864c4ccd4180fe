"""The one place that names concrete edges: which files, which index, which engine. Each stage is one function.

``open_project -> read_pipeline -> make_lock -> make_plan -> build -> run``; every command is a prefix of this line.
What a stage needs is imported in it: a build with nothing to do loads no Docker SDK, a plain run no builder.
"""
# ruff: noqa: PLC0415

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from ops0.cli.work import LOCK_GLIBC, Say, Work, silent
from ops0.core.locked import Lock, Target
from ops0.core.pipeline import Pipeline, Step, StepName
from ops0.core.plan import BaseImage, Plan

if TYPE_CHECKING:
    from ops0.core.facts import Facts
    from ops0.core.modelstore import ModelVersion
    from ops0.core.requirements import Resolved, StepDeclared
    from ops0.core.source import Source
    from ops0_builder.build import OnEvent
    from ops0_builder.caches import Caches
    from ops0_builder.check.building import OnRound, Twin
    from ops0_builder.lock.inputs import StepChange
    from ops0_builder.lock.settings import Upgrade
    from ops0_builder.tree import BuildTree


def read_pipeline(work: Work, params: Collection[str] = (), *, fresh: bool = False) -> Pipeline:
    """Analyse the project's pipeline, or look it up where nothing that the analysis saw has changed.

    fresh:  analyse it anyway
    raises: AnalysisError and its kinds, several together
    """
    from ops0.cli.remembered import analysis_key, kept_analyses
    from ops0.core.kept import kept_pipeline

    source, make = work.project.source, partial(_analysed, work, params)
    if fresh:
        return make(source)
    return kept_pipeline(analysis_key(work, params), source, kept_analyses(), make)


def _analysed(work: Work, params: Collection[str], source: Source) -> Pipeline:
    from ops0.core.analyzer import analyse
    from ops0.core.requirements.edges import spread_needs
    from ops0.host.nearby import told_of_nearby

    project = work.project
    with told_of_nearby(project.root):
        pipeline = analyse(
            source,
            project.entry,
            roots=project.roots,
            target=work.target,
            resolve_needs=partial(_needs, work),
            pipeline=project.selected,
            params=params,
            unnamed=project.settings.name if project.is_main else None,
        )
    steps = tuple(_with_settings(step, work) for step in pipeline.steps)
    return spread_needs(replace(pipeline, steps=steps))


def _needs(work: Work, step: str, facts: Facts, declared: StepDeclared) -> Resolved:
    from ops0.core.requirements import resolve_needs

    return resolve_needs(step, facts, declared, work.context)


def _with_settings(step: Step, work: Work) -> Step:
    """What the project says for all its steps, where a step says nothing itself."""
    options = step.options
    base = options.base or work.project.settings.base
    python = options.python or (
        work.target.python if base is None else work.project.settings.python
    )
    return replace(step, options=replace(options, base=base, python=python))


def targets_of(work: Work, pipeline: Pipeline, say: Say = silent) -> Mapping[StepName, Target]:
    """What each step is locked for. Only a step with a base of its own and no ``python`` needs the engine for that."""
    silent_bases = tuple(step for step in pipeline.steps if step.options.python is None)
    bases: Mapping[StepName, BaseImage] = {}
    if silent_bases:
        bases = bases_of(work, replace(pipeline, steps=silent_bases), say)
    return {
        step.name: replace(
            work.target,
            python=step.options.python or bases[step.name].target.python,
        )
        for step in pipeline.steps
    }


def make_lock(
    work: Work, pipeline: Pipeline, *, upgrade: Upgrade = "none", say: Say = silent
) -> Lock:
    """The stored lock while it answers the pipeline, else a new one, stored. Raises LockError and its kinds.

    With a wheelhouse given only the stored one will do: LockStale.
    """
    from ops0_builder.lock import LockSettings, lock_pipeline

    if work.wheelhouse is not None:
        return stored_lock(work, pipeline, say)
    return lock_pipeline(
        pipeline,
        folder=work.lock_folder,
        root=work.project.root,
        targets=targets_of(work, pipeline, say),
        settings=LockSettings(upgrade=upgrade, installed=work.context.installed.versions),
        progress=say,
    )


def stored_lock(work: Work, pipeline: Pipeline, say: Say = silent) -> Lock:
    """The stored lock, which answers the pipeline. Raises LockStale, LockDamaged."""
    from ops0_builder.lock import read_lock

    return read_lock(pipeline, folder=work.lock_folder, targets=targets_of(work, pipeline, say))


def locked_platforms(work: Work, pipeline: Pipeline, *, anew: bool) -> tuple[str, ...]:
    """The platforms that there is a lock for. ``anew``: damaged ones count as none. Raises LockDamaged."""
    from ops0_builder.lock import stored_platforms

    return stored_platforms(work.lock_folder, pipeline, anew=anew)


def check_lock(work: Work, pipeline: Pipeline) -> tuple[StepChange, ...]:
    """How the stored lock differs from what the pipeline asks for; () when it does not."""
    from ops0_builder.lock import check_lock as check

    return check(pipeline, folder=work.lock_folder, targets=targets_of(work, pipeline))


def bases_of(work: Work, pipeline: Pipeline, say: Say = silent) -> Mapping[StepName, BaseImage]:
    """The base image of every step. Raises PlanError, BuildError, EngineError and their kinds."""
    from ops0_builder.base import resolve_bases

    return resolve_bases(
        pipeline,
        work.target.python,
        engine=work.engine,
        images=work.images,
        say=say,
        foreign=work.foreign,
    )


def make_plan(work: Work, pipeline: Pipeline, lock: Lock, say: Say = silent) -> Plan:
    """Plan every image. Raises PlanError and its kinds, NoModel, and what finding the bases raises."""
    from ops0_builder.base import check_glibc
    from ops0_builder.build_errors import BaseUnfit
    from ops0_builder.plan import make_plan as plan

    bases = bases_of(work, pipeline, say)
    for base in bases.values():
        check_glibc(base, LOCK_GLIBC)
        if base.target.platform != work.target.platform:
            fact = f"it is {base.target.platform}, the project asks for {work.target.platform}"
            raise BaseUnfit(base.reference, fact, "set `platform` to what the engine runs")
    return plan(
        pipeline,
        lock,
        bases,
        source=work.project.source,
        runner=work.runner,
        models=models_of(pipeline),
    )


def models_of(pipeline: Pipeline) -> Mapping[StepName, ModelVersion]:
    """The models that images shall hold, as they are kept now. Raises NoModel."""
    if not any(step.options.bake for step in pipeline.steps):
        return {}
    from ops0_builder.models import baked_models

    return baked_models(pipeline)


def make_tree(work: Work, plan: Plan) -> BuildTree:
    """Render the Dockerfiles, contexts and the bake document."""
    from ops0_builder.tree import build_tree
    from ops0_builder.uv_file import uv_file

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
    from ops0_builder.engine_images import present_images

    return present_images(plan, work.images)


def missing_steps(
    plan: Plan,
    present: Collection[StepName],
    *,
    only: Iterable[StepName] | None = None,
    no_cache: bool = False,
) -> frozenset[StepName]:
    """The steps whose images must be built; with ``no_cache`` all that are wanted. Pure."""
    wanted = frozenset(image.step for image in plan.images)
    if only is not None:
        wanted &= frozenset(only)
    return wanted if no_cache else wanted.difference(present)


def fetch_wheels(
    work: Work, lock: Lock, steps: Collection[StepName], *, say: Say = silent
) -> Mapping[str, Path]:
    """sha256 -> file for all that these steps install. Raises LockError and its kinds."""
    from ops0_builder.lock import fill_wheelhouse, take_wheelhouse

    if work.wheelhouse is not None:
        return take_wheelhouse(lock, work.wheelhouse, steps=steps)
    return fill_wheelhouse(lock, root=work.project.root, steps=steps, progress=say)


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
    from ops0_builder.build import BuildEvent, Stage, build_images
    from ops0_builder.caches import NO_CACHES
    from ops0_builder.uv_file import uv_file

    uv, uv_path = uv_file()
    ready: set[StepName] = set()

    def note(event: BuildEvent) -> None:
        if isinstance(event, Stage) and event.state == "ready":
            ready.add(event.step)
        on_event(event)

    digests = build_images(
        plan,
        make_tree(work, plan),
        {**wheels, uv.sha256: uv_path},
        engine=work.engine,
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
    from ops0_builder.uv_file import uv_file

    uv, uv_path = uv_file()
    files = {**wheels, uv.sha256: uv_path}
    tree = make_tree(work, plan)
    return twice(plan, tree, files, engine=work.engine, on_round=on_round, only=steps)
