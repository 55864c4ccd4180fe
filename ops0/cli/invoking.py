"""Running what is deployed, for ``ops0 invoke`` and ``Deployment.invoke``: checked first, its images made ready."""
# ruff: noqa: PLC0415 - only what a stage needs is loaded

from __future__ import annotations

import shlex
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from ops0.cli import running
from ops0.cli.on_engine import on_engine
from ops0.cli.progress.say import saying
from ops0.core.pipeline import JsonValue, StepName

if TYPE_CHECKING:
    from ops0.runtime.report import Report
    from ops0_builder.deploy.values import Deployed


def invoke_shown(
    name: str,
    deployed: Deployed,
    params: Mapping[str, JsonValue],
    jobs: int | None = None,
    *,
    secrets: bool,
) -> Report:
    """Run a deployment, with a live tree of calls. What is not given comes from its environment.

    secrets: hand over those that its steps ask for; files among them are found from here
    raises:  SecretNotGranted, SecretMissing and ParamFault before an image is pulled; DeployedImageGone; RunError,
             EngineError and their kinds
    """
    from ops0.cli.progress.run import run_progress
    from ops0.cli.trust import check_no_secrets
    from ops0.runtime.execution.params import check_params
    from ops0.runtime.options import RunOptions

    if not secrets:
        hint = "if you trust whoever can write to that registry, hand them over: --secrets"
        check_no_secrets(name, deployed.pipeline, hint)
    given = {**deployed.params, **params}
    check_params(deployed.pipeline, given)
    options = RunOptions(
        params=given,
        jobs=jobs,
        rerun=_again(name, deployed, params),
        secrets=running.secrets_of(deployed.pipeline, Path.cwd()),
    )
    with on_engine(deployed.engine, name):  # of records in a registry "": they cannot choose it
        engine = running.container_engine(_ready(deployed))
        with run_progress() as on_event:
            return running.run_on(engine, deployed.pipeline, options, on_event=on_event)


def _ready(deployed: Deployed) -> Mapping[StepName, str]:
    from ops0.host.engine_socket import EngineSocket
    from ops0_builder.deploy.images import have_images

    with saying() as say:
        return have_images(EngineSocket.from_environment(), deployed, say)


def _again(name: str, deployed: Deployed, params: Mapping[str, JsonValue]) -> str:
    from ops0.runtime.execution.rerun import param_words

    version = ["--version", str(deployed.version)]
    words = ["ops0", "invoke", name, "--env", deployed.environment, *version]
    return shlex.join([*words, *param_words(params)])
