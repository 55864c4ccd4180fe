"""``ops0 deployments``: what is deployed, and which version is in force."""

from __future__ import annotations

from collections.abc import Iterator

import click

from ops0.cli import environments
from ops0.cli.options import Count, json_option
from ops0.cli.show.deployments import deployed_json
from ops0.cli.show.plain_json import json_text
from ops0.cli.usage import WrongUsage


@click.command("deployments")
@click.argument("name", required=False, metavar="[NAME]")
@click.option("--env", "environment", metavar="ENV", help="Only of this environment.")
@click.option("--remove", type=Count(), metavar="VERSION", help="Forget this version.")
@click.option("--force", is_flag=True, help="With --remove: also the only version there is.")
@json_option
def command(
    name: str | None, environment: str | None, remove: int | None, force: bool, as_json: bool
) -> None:
    """List what is deployed, newest first.

    NAME is a pipeline, or HOST/PATH/PIPELINE; without it, all that is recorded on this machine. --remove forgets a
    version of this machine, so that `ops0 gc --images` may take its images. The one in force stays while there are
    others; the last goes with --force, and then nothing is deployed there.
    """
    if remove is not None:
        _remove(name, environment, remove, force=force)
        return
    if force:
        raise click.UsageError("--force is for --remove")
    rows = list(_rows(name, environment))
    if as_json:
        click.echo(json_text(rows))
        return
    for row in rows:
        click.echo(
            f"{row['pipeline']:<24} {row['environment']:<12} {row['version']:>4}  "
            f"{row['status']:<10}  {row['created']}  {str(row['revision'])[:12]}".rstrip()
        )
    if not rows:
        what = (
            f"Nothing named {name} is deployed" if name else "Nothing is deployed on this machine"
        )
        click.echo(f"{what}. Deploy: ops0 deploy --env ENV", err=True)
        for env in () if name else environments.environments_elsewhere():
            click.echo(
                f"What the registry of {env} has: ops0 deployments NAME --env {env}", err=True
            )


def _rows(name: str | None, environment: str | None) -> Iterator[dict[str, object]]:
    from ops0_builder.deploy.local_records import LocalRecords, local_names  # noqa: PLC0415 - not for --help

    here = [LocalRecords(one) for one in local_names()] if name is None else []
    for records in here if name is None else [environments.records_named(name, environment)]:
        for env in records.environments():
            if environment not in (None, env):
                continue
            held = records.current(env)
            for version in reversed(records.versions(env)):
                status = "deployed" if version == held else "superseded"
                yield {**deployed_json(records.read(env, version)), "status": status}


def _remove(name: str | None, environment: str | None, version: int, *, force: bool) -> None:
    from ops0_builder.deploy.local_records import LocalRecords  # noqa: PLC0415
    from ops0_builder.deploy.records import find  # noqa: PLC0415

    if name is None or "/" in name or environment is None:
        raise click.UsageError("--remove wants NAME, deployed on this machine, and --env")
    records = LocalRecords(name)
    deployed = find(records, name, environment, version)
    others = [one for one in records.versions(environment) if one != version]
    if others and records.current(environment) == version:
        way = f"ops0 rollback {name} --env {environment} --to {others[-1]}"
        raise WrongUsage(f"version {version} is in force", f"put another in its place first: {way}")
    if not others and not force:
        raise WrongUsage(
            f"version {version} is the only one",
            f"add --force to have nothing deployed in {environment}",
        )
    records.remove(environment, version)
    left = "" if others else f"; nothing is deployed in {environment} any more"
    click.echo(
        f"{deployed.pipeline.name} {environment} version {version} forgotten{left}", err=True
    )
