"""``ops0 lock``: one joint resolution, written to the project."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ops0.cli import building, wiring, with_progress
from ops0.cli.one_pipeline import OnePipeline
from ops0.cli.options import examples, json_option, pipeline_argument, platforms_option
from ops0.cli.platforms import each, on_platforms, read_each
from ops0.cli.progress.say import saying
from ops0.cli.progress.slow import told_if_slow
from ops0.cli.show.plain_json import json_text
from ops0.cli.show.plan import size_text
from ops0.cli.stopped import told_if_stopped
from ops0.cli.terminal import columns, listed
from ops0.cli.to_be_written import ToBeWritten
from ops0.cli.usage import WrongUsage
from ops0.cli.work import Say, Work, open_work
from ops0.core.locked import Lock
from ops0.core.pipeline import Pipeline

if TYPE_CHECKING:
    from ops0_builder.lock.settings import Upgrade

EVERYTHING = "*"


@click.command(
    "lock",
    cls=OnePipeline,
    aside="all steps are locked together: name the pipeline alone",
    epilog=examples(
        "ops0 lock flow.py", "ops0 lock flow.py --check", "ops0 lock flow.py --upgrade pandas"
    ),
)
@pipeline_argument
@click.option("--check", is_flag=True, help="Fail if the lock is out of date; change nothing.")
@click.option(
    "--upgrade",
    "names",
    is_flag=False,
    flag_value=EVERYTHING,
    multiple=True,
    metavar="[DIST]",
    help="Take newer versions of everything, or only of DIST. Repeatable.",
)
@click.option(
    "--moved-from",
    "moved",
    multiple=True,
    metavar="INDEX",
    help="Let what is locked from this index (https://HOST, or local for a folder) come from another. Repeatable.",
)
@click.option(
    "--wheelhouse",
    type=ToBeWritten(file_okay=False, completed=True),
    metavar="DIR",
    help="Also copy all locked wheels into this folder, for ops0 build --wheelhouse elsewhere.",
)
@platforms_option
@json_option
def command(
    pipeline: str | None,
    check: bool,
    names: tuple[str, ...],
    moved: tuple[str, ...],
    wheelhouse: Path | None,
    platforms: tuple[str, ...],
    as_json: bool,
) -> None:
    """Lock exact package versions for all steps.

    A lock that is still up to date is left alone, without contacting an index. Every platform that the folder has a
    lock for is locked and checked too; --platform adds one.
    """
    if check and (names or moved):
        raise WrongUsage("--check changes nothing", "leave --upgrade and --moved-from out")
    upgrade = _upgrade(names)
    work = open_work(pipeline)
    wiring.check_moved(work, moved)
    found = read_each(_works(work, platforms, anew=upgrade == "all"))
    if check:
        locks = each(found, lambda pair: wiring.stored_lock(*pair, strict=True))
    else:
        with told_if_stopped(with_progress.lock_stays(work)), saying() as say:
            locks = each(found, lambda pair: _locked(pair, upgrade, moved, say))
    size = sum(_export(work, lock, wheelhouse) for lock in locks)
    if as_json:
        click.echo(json_text(_told(found, locks)))
        return
    for (one, _), lock in zip(found, locks, strict=True):
        if len(locks) > 1:
            click.echo(one.target.platform)
        _show(lock)
    for lock in locks[:1]:
        with_progress.warn_of_gpu(lock)
    if check:
        click.echo(_holds(work, found[0][1], len(locks)), err=True)
    if wheelhouse is not None:
        click.echo(f"{wheelhouse}: {size_text(size)} of wheels", err=True)


def _show(lock: Lock) -> None:
    for step in lock.steps:
        pins = [f"{one.name} {one.version}" for one in step.distributions]
        shown = pins or ["nothing but Python"]
        click.echo(listed(f"{step.step}: ", shown, columns(sys.stdout)))


def _locked(
    pair: tuple[Work, Pipeline], upgrade: Upgrade, moved: tuple[str, ...], say: Say
) -> Lock:
    return wiring.make_lock(*pair, upgrade=upgrade, moved=moved, say=say)


def _works(work: Work, platforms: tuple[str, ...], *, anew: bool) -> tuple[Work, ...]:
    """The project for its own platform, or those asked for, and for all that it has locks for; these first."""
    with told_if_slow(f"reading {work.project.entry}"):
        found = wiring.read_pipeline(work)
    locked = wiring.locked_platforms(work, found, anew=anew)
    return on_platforms(work, (*locked, *(platforms or work.platforms)))


def _holds(work: Work, pipeline: Pipeline, platforms: int) -> str:
    """What a check has found: there is nothing to do."""
    count = len(pipeline.steps)
    steps = f"all {count} steps of {pipeline.name} need" if count > 1 else f"{pipeline.name} needs"
    on = f", on {platforms} platforms" if platforms > 1 else ""
    return f"{work.project.settings.lock} is up to date: it has what {steps}{on}"


def _told(found: tuple[tuple[Work, Pipeline], ...], locks: tuple[Lock, ...]) -> object:
    """The first platform's lock; where there are several, also each by platform."""
    if len(locks) == 1:
        return locks[0]
    named = {work.target.platform: lock for (work, _), lock in zip(found, locks, strict=True)}
    first = locks[0]
    return {"inputs": first.inputs, "steps": first.steps, "platforms": named}


def _export(work: Work, lock: Lock, folder: Path | None) -> int:
    if folder is None:
        return 0
    with saying() as say:
        return building.export_wheels(work, lock, folder, say=say)


def _upgrade(names: tuple[str, ...]) -> Upgrade:
    for name in names:
        if name.endswith((".py", ".ipynb")) or "/" in name:
            raise WrongUsage(
                f"--upgrade {name}: not a distribution", f"write: ops0 lock {name} --upgrade"
            )
    if EVERYTHING in names:
        return "all"
    return frozenset(names) if names else "none"
