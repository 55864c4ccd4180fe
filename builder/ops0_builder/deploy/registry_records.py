"""Deployments in a registry, beside their images, so that every machine with rights there can invoke them.

Each version is an artifact of its own under ``_deploy.ENVIRONMENT.VERSION``; ``_current.ENVIRONMENT`` is a second tag
of the one in force. No tag of a step's image begins with an underscore. Registries have no "write if absent": two
deploys in the same instant could take one number, and the later one's record would stand.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from ops0_builder.deploy.document import ENVIRONMENT, MEDIA_TYPE, read_record, write_record
from ops0_builder.deploy.errors import DeploymentDamaged, NoDeployment
from ops0_builder.deploy.records import Taken
from ops0_builder.deploy.values import Deployed
from ops0_builder.documents import BadDocument
from ops0_builder.names import image_component
from ops0_builder.registry.artifacts import get_artifact, list_tags, put_artifact
from ops0_builder.registry.client import open_repository
from ops0_builder.registry.errors import NotInRegistry, TagTaken
from ops0_builder.registry.patience import Patience
from ops0_builder.registry.reference import parse_reference

_TAG = re.compile(rf"_deploy\.({ENVIRONMENT.pattern})\.([1-9][0-9]{{0,8}})", re.ASCII)


@dataclass(frozen=True, slots=True)
class RegistryRecords:
    """Records, in one repository ``HOST/PATH``. Every method raises RegistryError's kinds."""

    repository: str
    patience: Patience | None = None

    @property
    def place(self) -> str:
        """See Records."""
        return f"in {self.repository}"

    def environments(self) -> tuple[str, ...]:
        """See Records."""
        return tuple(sorted({environment for environment, _ in self._all()}))

    def others(self) -> tuple[str, ...]:
        """See Records. Registries that list their repositories are few."""
        return ()

    def versions(self, environment: str) -> tuple[int, ...]:
        """See Records."""
        return tuple(sorted(number for one, number in self._all() if one == environment))

    def current(self, environment: str) -> int | None:
        """See Records."""
        try:
            return self._read(f"_current.{environment}", environment).version
        except NotInRegistry:
            return max(self.versions(environment), default=None)

    def read(self, environment: str, version: int) -> Deployed:
        """See Records."""
        try:
            deployed = self._read(f"_deploy.{environment}.{version}", environment)
        except NotInRegistry:
            raise _none(environment, version, self.place) from None
        if deployed.version != version:
            raise DeploymentDamaged(self.place, f"version {version} says it is {deployed.version}")
        return deployed

    def pinned(self, environment: str, version: int) -> str:
        """A version's record as ``HOST/PATH@DIGEST``. Raises NoDeployment."""
        parsed = parse_reference(f"{self.repository}:_deploy.{environment}.{version}")
        digest = open_repository(parsed, write=False, patience=self.patience).digest_of(parsed.tag)
        if digest is None:
            raise _none(environment, version, self.place)
        return parsed.pinned(digest)

    def read_pinned(self, pinned: str, environment: str, version: int) -> Deployed:
        """The record of that digest, if it says of itself that it is this version of this pipeline.

        Whoever may write tags could else show the signed record of another one. Raises as ``read``.
        """
        deployed = self._record(pinned, environment)
        own = image_component(deployed.pipeline.name)
        if own != self.repository.rpartition("/")[2] or deployed.version != version:
            fact = f"it is the record of {own} {deployed.environment} version {deployed.version}"
            raise DeploymentDamaged(pinned, fact)
        return deployed

    def add(self, deployed: Deployed) -> None:
        """See Records."""
        try:
            self._put(f"_deploy.{deployed.environment}.{deployed.version}", deployed, force=False)
        except TagTaken:
            raise Taken from None

    def set_current(self, environment: str, version: int) -> None:
        """See Records."""
        self._put(f"_current.{environment}", self.read(environment, version), force=True)

    def _put(self, tag: str, deployed: Deployed, *, force: bool) -> None:
        notes = {
            "org.opencontainers.image.created": deployed.created,
            "org.opencontainers.image.title": deployed.pipeline.name,
        }
        put_artifact(
            f"{self.repository}:{tag}",
            MEDIA_TYPE,
            write_record(deployed),
            notes,
            force=force,
            patience=self.patience,
        )

    def _read(self, tag: str, environment: str) -> Deployed:
        return self._record(f"{self.repository}:{tag}", environment)

    def _record(self, place: str, environment: str) -> Deployed:
        try:
            deployed = read_record(get_artifact(place, patience=self.patience))
        except BadDocument as fault:
            raise DeploymentDamaged(place, str(fault)) from None
        if deployed.engine or not all("@" in one.reference for one in deployed.images):
            raise DeploymentDamaged(place, "it names an engine, or images that no registry holds")
        if deployed.environment != environment:
            raise DeploymentDamaged(place, "it is the record of another environment")
        return deployed

    def _all(self) -> tuple[tuple[str, int], ...]:
        found = map(_TAG.fullmatch, list_tags(self.repository, patience=self.patience))
        return tuple((one[1], int(one[2])) for one in found if one)


def _none(environment: str, version: int, place: str) -> NoDeployment:
    return NoDeployment(f"--env {environment} --version {version}", place, ())
