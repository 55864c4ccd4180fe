"""The stages from files to a plan, over the user's own files and indexes. Each is one function.

``open_project -> read_pipeline -> make_lock -> make_plan -> build -> run``; every command is a prefix of this line.
What comes after the plan is in ``building.py`` and ``running.py``.
What a stage needs is imported in it: a build with nothing to do loads no Docker SDK, a plain run no builder.
"""
# ruff: noqa: PLC0415

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from ops0.cli.work import LOCK_GLIBC, Say, Work, silent
from ops0.core.locked import Lock, Target
from ops0.core.pipeline import Pipeline, Step, StepName
from ops0.core.plan import BaseImage, Plan

if TYPE_CHECKING:
    from ops0.core.facts import Facts
    from ops0.core.models.store import ModelVersion
    from ops0.core.project_files import Source
    from ops0.core.requirements.declarations import StepDeclared
    from ops0.core.requirements.values import Resolved
    from ops0_builder.lock.inputs import StepChange
    from ops0_builder.lock.settings import Upgrade


def read_pipeline(work: Work, params: Collection[str] = (), *, fresh: bool = False) -> Pipeline:
    """Analyse the project's pipeline, or look it up where nothing that the analysis saw has changed.

    fresh:  analyse it anyway
    raises: AnalysisError and its kinds, several together
    """
    from ops0.cli.analysis_key import analysis_key, kept_analyses
    from ops0.core.kept_analyses import kept_pipeline

    source, make = work.project.source, partial(_analysed, work, params)
    if fresh:
        return make(source)
    return kept_pipeline(analysis_key(work, params), source, kept_analyses(), make)


def _analysed(work: Work, params: Collection[str], source: Source) -> Pipeline:
    from ops0.core.analyzer import analyse
    from ops0.core.requirements.edges import spread_needs
    from ops0.host.packages_above import told_of_nearby

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
    from ops0.core.requirements.resolve import resolve_needs

    return resolve_needs(step, facts, declared, work.context)


def _with_settings(step: Step, work: Work) -> Step:
    """What the project says for all its steps, where a step says nothing itself."""
    options = step.options
    base = options.base or work.project.settings.base
    python = options.python or (
        work.target.python if base is None else work.project.settings.python
    )
    return replace(step, options=replace(options, base=base, python=python))


def _targets_of(work: Work, pipeline: Pipeline, say: Say = silent) -> Mapping[StepName, Target]:
    """What each step is locked for. Only a step with a base of its own and no ``python`` needs the engine for that."""
    silent_bases = tuple(step for step in pipeline.steps if step.options.python is None)
    bases: Mapping[StepName, BaseImage] = {}
    if silent_bases:
        bases = _bases_of(work, replace(pipeline, steps=silent_bases), say)
    return {
        step.name: replace(
            work.target,
            python=step.options.python or bases[step.name].target.python,
        )
        for step in pipeline.steps
    }


def make_lock(
    work: Work,
    pipeline: Pipeline,
    *,
    upgrade: Upgrade = "none",
    moved: Iterable[str] = (),
    say: Say = silent,
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
        targets=_targets_of(work, pipeline, say),
        settings=LockSettings(
            upgrade=upgrade, moved=frozenset(moved), installed=work.environment.versions
        ),
        constraints=work.declared.constraints,
        progress=say,
    )


def check_moved(work: Work, moved: Iterable[str]) -> None:
    """Raises RequirementUnfit for an index that nothing is locked from."""
    from ops0_builder.lock.index_notes import check_moved as check

    if moved:
        check(work.lock_folder, moved)


def stored_lock(work: Work, pipeline: Pipeline, say: Say = silent, *, strict: bool = False) -> Lock:
    """The stored lock, which answers the pipeline. Raises LockStale, LockDamaged, and SourceGone where it is strict."""
    from ops0_builder.lock import read_lock

    return read_lock(
        pipeline,
        folder=work.lock_folder,
        targets=_targets_of(work, pipeline, say),
        constraints=work.declared.constraints,
        wheelhouse=work.wheelhouse,
        root=work.project.root if work.wheelhouse is None else None,
        strict=strict,
    )


def locked_platforms(work: Work, pipeline: Pipeline, *, anew: bool) -> tuple[str, ...]:
    """The platforms that there is a lock for. ``anew``: damaged ones count as none. Raises LockDamaged."""
    from ops0_builder.lock import stored_platforms

    return stored_platforms(work.lock_folder, pipeline, anew=anew)


def check_lock(work: Work, pipeline: Pipeline) -> tuple[StepChange, ...]:
    """How the stored lock differs from what the pipeline asks for; () when it does not."""
    from ops0_builder.lock import check_lock as check

    return check(
        pipeline,
        folder=work.lock_folder,
        targets=_targets_of(work, pipeline),
        constraints=work.declared.constraints,
        root=work.project.root,
    )


def _bases_of(work: Work, pipeline: Pipeline, say: Say) -> Mapping[StepName, BaseImage]:
    """The base image of every step. Raises PlanError, BuildError, EngineError and their kinds."""
    from ops0_builder.bases.finding import resolve_bases

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
    from ops0_builder.bases.finding import check_glibc
    from ops0_builder.build_errors import BaseUnfit
    from ops0_builder.planning.plan import make_plan as plan

    bases = _bases_of(work, pipeline, say)
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
        models=_models_of(pipeline),
    )


def _models_of(pipeline: Pipeline) -> Mapping[StepName, ModelVersion]:
    """The models that images shall hold, as they are kept now. Raises NoModel."""
    if not any(step.options.bake for step in pipeline.steps):
        return {}
    from ops0_builder.planning.models import baked_models

    return baked_models(pipeline)
