"""The environments that a project deploys to, and where each one's deployments are recorded."""
# ruff: noqa: PLC0415 - only what a stage needs is loaded

from __future__ import annotations

from typing import TYPE_CHECKING

from ops0.cli.work import any_work
from ops0.core.configuration.environments import Environment
from ops0.core.configuration.settings import Settings
from ops0.core.errors import SettingsError
from ops0.core.near import did_you_mean

if TYPE_CHECKING:
    from ops0_builder.deploy.records import Records
    from ops0_builder.deploy.values import Deployed


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
