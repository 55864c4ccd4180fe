"""Deployments for the commands and for ``ops0.deploy``: made, found, run. What takes long is told on stderr."""
# ruff: noqa: PLC0415 - only what a stage needs is loaded

from __future__ import annotations

import shlex
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import ops0
from ops0.cli import running
from ops0.cli.foresight import expect_images
from ops0.cli.on_engine import on_engine
from ops0.cli.platforms import BuiltOn, build_each, for_engine, plan_each, read_each, works_for
from ops0.cli.progress.say import saying
from ops0.cli.push_options import PushOptions
from ops0.cli.pushing import publish_shown
from ops0.cli.signed_records import check_signable, deploy_seal, sign_again
from ops0.cli.work import Work, any_work
from ops0.core.arguments import params_of
from ops0.core.configuration.environments import Environment
from ops0.core.configuration.settings import Settings
from ops0.core.errors import SettingsError, raise_together
from ops0.core.near import did_you_mean
from ops0.core.pipeline import JsonValue, Pipeline, StepName

if TYPE_CHECKING:
    from ops0.runtime.report import Report
    from ops0_builder.deploy.records import Records
    from ops0_builder.deploy.values import Deployed, DeployedImage
    from ops0_builder.registry.images import Pushed


class UnknownEnvironment(SettingsError):
    """``--env`` names none of the environments that the settings have."""

    exit_code = 7

    def __init__(self, name: str, settings: Settings) -> None:
        known = sorted(settings.environments)
        hint = did_you_mean(name, known, f"the settings have: {', '.join(known)}")
        if not known:
            hint = "up to 31 small letters, digits and '-'"
        super().__init__(f"--env {name}: no such environment in {settings.path or 'here'}", hint)
        self.name = name


def environment_of(settings: Settings, name: str) -> Environment:
    """The environment of that name. A project that describes none has any: on this machine, with nothing set.

    raises: UnknownEnvironment
    """
    from ops0_builder.deploy.document import ENVIRONMENT

    if name in settings.environments:
        return settings.environments[name]
    if settings.environments or not ENVIRONMENT.fullmatch(name):
        raise UnknownEnvironment(name, settings)
    return Environment(name=name)


def records_of(environment: Environment, pipeline: str) -> Records:
    """Where an environment's deployments of a pipeline are recorded: its registry, else this machine."""
    from ops0.cli.progress.retries import told_patience
    from ops0_builder.deploy.local_records import LocalRecords
    from ops0_builder.deploy.registry_records import RegistryRecords

    if environment.registry is None:
        return LocalRecords(pipeline)
    return RegistryRecords(repository_of(environment.registry, pipeline), told_patience())


def invoke_command(environment: Environment, deployed: Deployed) -> str:
    """What runs the version in force there, from this machine or, with a registry, from any."""
    name = deployed.pipeline.name
    there = environment.registry
    return f"ops0 invoke {name if there is None else repository_of(there, name)} --env {environment.name}"


def repository_of(registry: str, pipeline: str) -> str:
    """``HOST/PATH/<pipeline>``. Raises BadReference."""
    from ops0_builder.engine.names import image_component
    from ops0_builder.registry.reference import parse_repository

    return parse_repository(f"{registry}/{image_component(pipeline)}").repository


def is_own(name: str) -> bool:
    """Whether a deployment so named is recorded where this user's projects say, not where somebody else says."""
    return "/" not in name


def records_named(name: str, environment: str | None) -> Records:
    """The records of a deployment as a user names it.

    name: a pipeline, deployed on this machine or where the project we stand in says for that environment; or
          ``HOST/PATH/<pipeline>``, from anywhere
    raises: BadReference, SettingsError's kinds
    """
    from ops0.cli.progress.retries import told_patience
    from ops0_builder.deploy.local_records import LocalRecords
    from ops0_builder.deploy.registry_records import RegistryRecords
    from ops0_builder.registry.reference import parse_repository

    if "/" in name:
        return RegistryRecords(parse_repository(name).repository, told_patience())
    known = any_work().project.settings.environments
    if environment is None and len(known) == 1:
        environment = next(iter(known))
    if environment is not None and environment in known:
        return records_of(known[environment], name)
    return LocalRecords(name)


def environments_elsewhere() -> tuple[str, ...]:
    """The environments of the project we stand in whose deployments lie in a registry."""
    known = any_work().project.settings.environments
    return tuple(name for name, one in sorted(known.items()) if one.registry is not None)


def deploy_shown(
    work: Work, environment: Environment, options: PushOptions
) -> tuple[Deployed, bool]:
    """Build what changed, push it where the environment has a registry, and record it as the next version.

    A registry gets the images of all platforms that the settings name, signed and with their documents as for
    ``ops0 push``, and the record is signed too; an environment without one is for the platform of its engine.

    gives:  what is in force now, and whether it is new: the same again makes no new version
    raises: NoPlaceForSignatures and ParamFault before anything is built; what building and pushing raise;
            DeploymentError's kinds
    """
    from ops0_builder.deploy.records import record

    check_signable(environment, options.key)
    signer = options.signer()
    with on_engine(environment.engine, f"environment '{environment.name}'"):
        works = works_for(work, ()) if environment.registry is not None else (for_engine(work),)
        for one in works:
            expect_images(one)
        found = read_each(works)
        _check_params(found[0][1], environment)
        builds = build_each(plan_each(found))
        if environment.registry is None:
            images = _kept_images(builds[0])
        else:
            repository = repository_of(environment.registry, builds[0].plan.pipeline.name)
            pushed = publish_shown(builds, repository, options, signer).pushed
            images = _pushed_images(builds, pushed)
    pipeline = found[0][1]
    records = records_of(environment, pipeline.name)
    meant = _deployed(work, pipeline, environment, images)
    if signer is None:
        return record(records, meant)
    seal = deploy_seal(signer, meant)
    deployed, new = record(records, meant, seal)
    if not new:
        sign_again(signer, records, deployed, seal)
    return deployed, new


def _check_params(found: Pipeline, environment: Environment) -> None:
    from ops0.runtime.errors import ParamFault

    known = params_of(found)
    names = ", ".join(sorted(known)) or "none"
    raise_together(
        [
            ParamFault(
                f"environment {environment.name}: the pipeline has no parameter '{name}'",
                name,
                did_you_mean(name, known, f"its parameters: {names}"),
            )
            for name in sorted(set(environment.params) - set(known))
        ]
    )


def _kept_images(one: BuiltOn) -> tuple[DeployedImage, ...]:
    from ops0_builder.deploy.values import DeployedImage

    digests = one.built.digests
    return tuple(
        DeployedImage(
            step=image.step, reference=image.tag, digest=digests[image.step], key=image.key
        )
        for image in one.plan.images
    )


def _pushed_images(
    builds: Sequence[BuiltOn], pushed: Mapping[StepName, Pushed]
) -> tuple[DeployedImage, ...]:
    from ops0_builder.deploy.values import DeployedImage

    ordered = sorted(builds, key=lambda one: one.platform)
    return tuple(
        DeployedImage(
            step=step,
            reference=one.reference,
            digest=one.digest,
            key=",".join(built.plan.image(step).key for built in ordered),
        )
        for step, one in pushed.items()
    )


def _deployed(
    work: Work, found: Pipeline, environment: Environment, images: tuple[DeployedImage, ...]
) -> Deployed:
    from ops0_builder.deploy.values import Deployed
    from ops0_builder.documents import without_source

    revision = work.revision_of(found)
    return Deployed(
        environment=environment.name,
        version=1,
        created=time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
        ops0=ops0.__version__,
        revision=revision.commit if revision and not revision.changed else "",
        pipeline=without_source(found),
        images=images,
        params=dict(environment.params),
        engine=(environment.engine or "") if environment.registry is None else "",
    )


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
    from ops0.runtime.options import RunOptions
    from ops0.runtime.playing.params import check_params

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
    from ops0.runtime.playing.rerun import param_words

    version = ["--version", str(deployed.version)]
    words = ["ops0", "invoke", name, "--env", deployed.environment, *version]
    return shlex.join([*words, *param_words(params)])
