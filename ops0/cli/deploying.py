"""Deploying for the command and for ``ops0.deploy``: build, push, record. What takes long is told on stderr."""
# ruff: noqa: PLC0415 - only what a stage needs is loaded

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import ops0
from ops0.cli.deployed_from import note_deployed
from ops0.cli.environments import records_of, repository_of
from ops0.cli.foresight import expect_images
from ops0.cli.on_engine import on_engine
from ops0.cli.platforms import BuiltOn, build_each, for_engine, plan_each, read_each, works_for
from ops0.cli.push_options import PushOptions
from ops0.cli.pushing import publish_shown, welcome
from ops0.cli.signed_records import check_signable, deploy_seal, sign_again
from ops0.cli.work import Work
from ops0.core.arguments import params_of
from ops0.core.configuration.environments import Environment
from ops0.core.errors import raise_together
from ops0.core.near import did_you_mean
from ops0.core.pipeline import Pipeline, StepName

if TYPE_CHECKING:
    from ops0_builder.deploy.values import Deployed, DeployedImage
    from ops0_builder.registry.images import Pushed


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
    deployed, new, place = _recorded(work, environment, options)
    if new:
        named = deployed.pipeline.name
        note_deployed(place, named, environment.name, deployed.version, work.project.root)
    return deployed, new


def _recorded(
    work: Work, environment: Environment, options: PushOptions
) -> tuple[Deployed, bool, str]:
    """What is in force now, whether it is new, and where its record is."""
    from ops0_builder.deploy.records import record

    check_signable(environment, options.key)
    signer = options.signer()
    with on_engine(environment.engine, f"environment '{environment.name}'"):
        works = works_for(work, ()) if environment.registry is not None else (for_engine(work),)
        for one in works:
            expect_images(one)
        found = read_each(works)
        _check_params(found[0][1], environment)
        registry, name = environment.registry, found[0][1].name
        repository = None if registry is None else repository_of(registry, name)
        builds = build_each(plan_each(found), first=welcome(repository))
        if repository is None:
            images = _kept_images(builds[0])
        else:
            pushed = publish_shown(builds, repository, options, signer).pushed
            images = _pushed_images(builds, pushed)
    pipeline = found[0][1]
    records = records_of(environment, pipeline.name)
    meant = _deployed(work, pipeline, environment, images)
    if signer is None:
        return *record(records, meant), records.place
    seal = deploy_seal(signer, meant)
    deployed, new = record(records, meant, seal)
    if not new:
        sign_again(signer, records, deployed, seal)
    return deployed, new, records.place


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
