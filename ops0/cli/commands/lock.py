"""``ops0 lock``: one joint resolution, written to the project."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from ops0.cli import shown, wiring
from ops0.cli.options import json_option, pipeline_argument
from ops0.cli.plain_json import json_text
from ops0.cli.say import saying
from ops0.cli.show_plan import size_text
from ops0.cli.work import Work, open_work
from ops0.core.locked import Lock
from ops0_builder.lock.errors import LockStale

if TYPE_CHECKING:
    from ops0_builder.lock.settings import Upgrade

EVERYTHING = "*"


@click.command("lock")
@pipeline_argument
@click.option("--check", is_flag=True, help="Change nothing; fail where the lock is stale.")
@click.option(
    "--upgrade",
    "names",
    is_flag=False,
    flag_value=EVERYTHING,
    multiple=True,
    metavar="[DIST]",
    help="Take newer versions: of everything, or of DIST only; repeatable.",
)
@click.option(
    "--wheelhouse",
    type=click.Path(file_okay=False, path_type=Path),
    metavar="DIR",
    help="Also copy all locked wheels into this folder, for ops0 build --wheelhouse elsewhere.",
)
@json_option
def command(
    pipeline: str | None,
    check: bool,
    names: tuple[str, ...],
    wheelhouse: Path | None,
    as_json: bool,
) -> None:
    """Resolve all steps together and write ops0.lock.

    A lock that still answers the pipeline is left as it is, and nothing is asked of any index.
    """
    work = open_work(pipeline)
    found = shown.read_shown(work)
    if check:
        changes = wiring.check_lock(work, found)
        if changes:
            raise LockStale(str(work.lock_folder), tuple(str(change) for change in changes))
    upgrade = _upgrade(names)
    with saying() as say:
        lock = wiring.make_lock(work, found, upgrade=upgrade, say=say)
    size = _export(work, lock, wheelhouse)
    if as_json:
        click.echo(json_text(lock))
        return
    for step in lock.steps:
        pins = ", ".join(f"{one.name} {one.version}" for one in step.distributions)
        click.echo(f"{step.step}: {pins or 'nothing but Python'}")
    if wheelhouse is not None:
        click.echo(f"{wheelhouse}: {size_text(size)} of wheels", err=True)


def _export(work: Work, lock: Lock, folder: Path | None) -> int:
    if folder is None:
        return 0
    with saying() as say:
        return wiring.export_wheels(work, lock, folder, say=say)


def _upgrade(names: tuple[str, ...]) -> Upgrade:
    for name in names:
        if name.endswith((".py", ".ipynb")) or "/" in name:
            raise click.UsageError(
                f"--upgrade {name}: not a distribution. Write: ops0 lock {name} --upgrade"
            )
    if EVERYTHING in names:
        return "all"
    return frozenset(names) if names else "none"
