"""Analyses, plans and builds with their progress on stderr: what several commands and ``ops0.run`` share."""

from __future__ import annotations

import os
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ops0.cli import building, wiring
from ops0.cli.foresight import keep_tags
from ops0.cli.progress.say import saying
from ops0.cli.progress.slow import told_if_slow
from ops0.cli.stopped import told_if_stopped
from ops0.cli.tell import tell_warning
from ops0.cli.work import Say, Work
from ops0.core.locked import Lock
from ops0.core.pipeline import Pipeline, StepName
from ops0.core.plan import Plan

if TYPE_CHECKING:
    from ops0.core.pipeline import Warn, Where
    from ops0_builder.building.build_events import OnEvent
    from ops0_builder.caches import Caches
    from ops0_builder.check.building import Twin

_GOES_ON = "layers and wheels that were finished are kept: the same command goes on from there"
_BEGINS_ANEW = "images that were there are as they were: the same command begins anew"
_PLACES = 3
"""Further places that are named of a warning that holds at many; ``--json`` names all."""


def read_shown(work: Work, params: Collection[str] = (), *, images: bool = True) -> Pipeline:
    """Analyse the pipeline, and say once each what the analysis had to guess or leave open.

    images: False where steps run as processes, so that what images lack is no matter
    """
    with told_if_slow(f"reading {work.project.entry}"):
        pipeline = wiring.read_pipeline(work, params)
    found = warnings_of(work, pipeline)
    show_warnings(one for one in found if not (one.processes if images else one.images))
    return pipeline


def warnings_of(work: Work, pipeline: Pipeline) -> frozenset[Warn]:
    """What the analysis, and reading the project's own files, had to guess or leave open."""
    found = (warning for step in pipeline.steps for warning in step.warnings)
    return frozenset((*found, *work.declared.warnings))


def show_warnings(warnings: Iterable[Warn]) -> None:
    """One line for each fact, by its first place, with its hint below."""
    places: dict[tuple[str, str | None], list[Where]] = {}
    for warning in sorted(warnings, key=lambda one: (one.where, one.text)):
        places.setdefault((warning.text, warning.hint), []).append(warning.where)
    for (text, hint), (first, *others) in places.items():
        tell_warning(f"{first}: {text}{_likewise(others)}", hint)


def _likewise(others: Sequence[Where]) -> str:
    if not others:
        return ""
    named = ", ".join(str(one) for one in others[:_PLACES])
    more = len(others) - _PLACES
    rest = f" and {more} more {'places' if more > 1 else 'place'}" if more > 0 else ""
    return f"; also at {named}{rest}"


def build_shown(
    work: Work,
    plan: Plan,
    lock: Lock,
    *,
    only: Iterable[StepName] | None = None,
    no_cache: bool = False,
    caches: Caches | None = None,
    first: Callable[[], None] | None = None,
) -> building.Built:
    """Build what is missing, one line an image; all of it where a cache is to be written.

    first:  done before anything is built; not at all where nothing is to be built
    raises: what ``building.build`` and ``first`` raise, CacheUnusable
    """
    every = no_cache or bool(caches and caches.write)
    present = building.present(work, plan)
    keep_tags(work, plan)
    missing = building.missing_steps(plan, present, only=only, no_cache=every)
    if not missing:
        return building.Built(plan=plan, digests=present, made=())
    if first is not None:
        first()
    if caches:
        _check_caches(work, plan, caches, missing)
    from ops0.cli.progress.build import build_progress  # noqa: PLC0415 - not for a build with nothing to do

    with told_if_stopped(_BEGINS_ANEW if no_cache else _GOES_ON):
        with saying() as say:
            wheels = building.fetch_wheels(work, lock, missing, say=say)
        with build_progress(plan) as on_event:
            return building.build(
                work, plan, wheels, missing, on_event=on_event, no_cache=no_cache, caches=caches
            )


def _check_caches(work: Work, plan: Plan, caches: Caches, steps: Collection[StepName]) -> None:
    """Before wheels are fetched; also says which folders hold nothing yet, as a first build's do."""
    from ops0_builder.caches import check_caches, empty_caches  # noqa: PLC0415 - rarely asked for

    check_caches(caches, os.environ, work.engine)
    names = [image.step for image in plan.images if image.step in steps]
    for folder in empty_caches(caches, names):
        click.echo(f"no cache: {folder} holds none yet", err=True)


def check_shown(
    work: Work, plan: Plan, lock: Lock, *, only: Iterable[StepName] | None
) -> tuple[Twin, ...]:
    """Build twice without cache, and compare. Raises what ``building.build_twice`` raises."""
    steps = building.missing_steps(plan, (), only=only)
    with saying() as say:
        wheels = building.fetch_wheels(work, lock, steps, say=say)
    from ops0.cli.progress.build import build_progress  # noqa: PLC0415 - not for a build with nothing to do

    @contextmanager
    def show(at: int) -> Iterator[OnEvent]:
        click.echo(
            "second build, without cache" if at == 2 else "first build, without cache", err=True
        )
        with build_progress(plan) as on_event:
            yield on_event

    return building.build_twice(work, plan, wheels, steps, on_round=show)


def plan_shown(work: Work, pipeline: Pipeline) -> tuple[Lock, Plan]:
    """Lock and plan, saying what takes long, and of a new lock what it costs."""
    before = _lock_files(work.lock_folder)
    with told_if_stopped(lock_stays(work)), saying() as say:
        lock = wiring.make_lock(work, pipeline, say=_with_engine(work, say))
    if _lock_files(work.lock_folder) != before:
        warn_of_gpu(lock)
    with saying() as say:
        return lock, wiring.make_plan(work, pipeline, lock, say=say)


def _with_engine(work: Work, say: Say) -> Say:
    """Sees that the engine is there before the first thing that takes long: a lock is of no use to an image without."""
    asked = False

    def told(text: str) -> None:
        nonlocal asked
        if not asked:
            asked = True
            work.engine.call("GET", "/_ping")
        say(text)

    return told


def lock_stays(work: Work) -> str:
    """What Ctrl-C while it is locked leaves."""
    return f"{work.project.settings.lock} is as it was: the same command locks anew"


def _lock_files(folder: Path) -> Mapping[str, int]:
    """Each file of a lock with when it was written; {} where there is none."""
    return {one.name: one.stat().st_mtime_ns for one in folder.glob("*.toml")}


def warn_of_gpu(lock: Lock) -> None:
    """Say what a lock brings for a GPU, before it is fetched."""
    from ops0.cli.gpu_notes import gpu_note  # noqa: PLC0415 - few runs lock anew

    if note := gpu_note(lock):
        tell_warning(*note)
