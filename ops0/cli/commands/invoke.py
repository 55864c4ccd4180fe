"""``ops0 invoke``: run a deployment; neither source nor lock is needed."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ops0.cli import environments, invoking, running
from ops0.cli.given_params import split_params, typed_params
from ops0.cli.options import jobs_option, json_option, out_option, params_option
from ops0.cli.push_options import signed_options
from ops0.cli.show.deployments import env_option, name_argument, version_option
from ops0.cli.show.results import show_more, show_results
from ops0.cli.signed_records import find_signed
from ops0.cli.usage import WrongUsage

if TYPE_CHECKING:
    from ops0_builder.registry.signing import Identity


@click.command("invoke")
@name_argument
@env_option
@version_option
@params_option
@jobs_option
@out_option
@click.option(
    "--secrets",
    is_flag=True,
    help="For HOST/PATH/PIPELINE: pass it its secrets, and send its alerts.",
)
@signed_options
@json_option
def command(  # noqa: PLR0913, PLR0917 - each is an option
    name: str,
    environment: str | None,
    version: int | None,
    texts: tuple[str, ...],
    jobs: int | None,
    out: Path | None,
    secrets: bool,
    who: str | Identity | None,
    as_json: bool,
) -> None:
    """Run a deployment: its current version, or another.

    NAME is a pipeline deployed from this machine, or HOST/PATH/PIPELINE from anywhere. Images that this engine lacks
    are pulled by digest. Secrets that steps ask for are looked up on this machine; for HOST/PATH/PIPELINE only with
    --secrets. With --key, or --identity and --issuer, the deployment must be signed so in its registry; these need
    --env. Progress goes to stderr, the result to stdout.
    """
    from ops0_builder.deploy.records import find  # noqa: PLC0415 - not for --help

    if who is not None and environment is None:
        raise WrongUsage(
            "--key or --identity without --env: the registry would choose it", "give --env"
        )
    given = split_params(texts)
    records = environments.records_named(name, environment)
    if who is None or environment is None:
        deployed = find(records, name, environment, version)
    else:
        deployed = find_signed(records, name, environment, version, who, os.environ)
    params = typed_params(given, deployed.pipeline)
    if out is not None:
        running.check_export(out)
    granted = secrets or environments.is_own(name)
    report = invoking.invoke_shown(name, deployed, params, jobs, secrets=granted)
    show_results(report, out, as_json=as_json)
    show_more()
