"""Deployments in a registry, beside their images, so that every machine with rights there can invoke them.

Each version is an artifact of its own under ``_deploy.ENVIRONMENT.VERSION``; the one under ``_current.ENVIRONMENT``
names the version in force, see ``in_force.py``. No tag of a step's image begins with an underscore. Registries have no
"write if absent": two machines that deploy in the same instant could take one number, and the later record would stand.
"""

from __future__ import annotations

import re
from contextlib import suppress
from dataclasses import dataclass, field

from ops0_builder.deploy.document import ENVIRONMENT, MEDIA_TYPE, read_record, write_record
from ops0_builder.deploy.errors import DeploymentDamaged, NoDeployment
from ops0_builder.deploy.in_force import MEDIA_TYPE as IN_FORCE
from ops0_builder.deploy.in_force import InForce, read_in_force, write_in_force
from ops0_builder.deploy.records import Seal, Taken
from ops0_builder.deploy.seen import note_seen, seen_sequence
from ops0_builder.deploy.values import Deployed
from ops0_builder.documents import BadDocument
from ops0_builder.engine.names import image_component
from ops0_builder.registry.artifacts import get_artifact, list_tags, put_artifact
from ops0_builder.registry.client import open_repository
from ops0_builder.registry.errors import NotInRegistry, TagTaken
from ops0_builder.registry.patience import Patience
from ops0_builder.registry.reference import parse_reference

_VERSION = re.compile(rf"_deploy\.({ENVIRONMENT.pattern})\.([1-9][0-9]{{0,8}})", re.ASCII)

_PUT_ANEW = "name a version by --version, or make one current again: `ops0 rollback NAME --env ENV --to VERSION`"


@dataclass(frozen=True, slots=True)
class RegistryRecords:
    """Records, in one repository ``HOST/PATH``. Every method raises RegistryError's kinds."""

    repository: str
    patience: Patience | None = field(default=None, compare=False)

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
        pinned = self.pinned_in_force(environment)
        if pinned is None:
            return max(self.versions(environment), default=None)
        return self.read_in_force(pinned, environment).version

    def read(self, environment: str, version: int) -> Deployed:
        """See Records."""
        try:
            return self._version(
                f"{self.repository}:{_tag(environment, version)}", environment, version
            )
        except NotInRegistry:
            raise _none(environment, version, self.place) from None

    def pinned(self, environment: str, version: int) -> str:
        """A version's record as ``HOST/PATH@DIGEST``. Raises NoDeployment."""
        found = self._pinned(_tag(environment, version))
        if found is None:
            raise _none(environment, version, self.place)
        return found

    def pinned_in_force(self, environment: str) -> str | None:
        """The document that says what is in force, as ``HOST/PATH@DIGEST``; None where there is none."""
        return self._pinned(f"_current.{environment}")

    def read_in_force(self, pinned: str, environment: str) -> InForce:
        """What such a document says, of this environment. Raises DeploymentDamaged."""
        try:
            found = read_in_force(get_artifact(pinned, patience=self.patience))
        except BadDocument as fault:
            raise DeploymentDamaged(pinned, str(fault), fault.hint or _PUT_ANEW) from None
        if found.environment != environment:
            fact = f"it is of {found.pipeline} {found.environment}"
            raise DeploymentDamaged(pinned, fact, _PUT_ANEW)
        return found

    def read_pinned(self, pinned: str, environment: str, version: int) -> Deployed:
        """The record of that digest, if it says of itself that it is this version of this pipeline.

        Whoever may write tags could else show the signed record of another one. Raises as ``read``.
        """
        deployed = self._record(pinned, environment)
        if not self.is_of(deployed.pipeline.name) or deployed.version != version:
            own = image_component(deployed.pipeline.name)
            fact = f"it is the record of {own} {deployed.environment} version {deployed.version}"
            raise DeploymentDamaged(pinned, fact)
        return deployed

    def is_of(self, pipeline: str) -> bool:
        """Whether these are that pipeline's, by their repository's name."""
        return image_component(pipeline) == self.repository.rpartition("/")[2]

    def add(self, deployed: Deployed) -> None:
        """See Records."""
        notes = {
            "org.opencontainers.image.created": deployed.created,
            "org.opencontainers.image.title": deployed.pipeline.name,
        }
        place = f"{self.repository}:{_tag(deployed.environment, deployed.version)}"
        data = write_record(deployed)
        try:
            put_artifact(place, MEDIA_TYPE, data, notes, patience=self.patience)
        except TagTaken:
            raise Taken from None

    def set_current(self, environment: str, version: int, seal: Seal | None = None) -> None:
        """See Records. Sealed, it is remembered here too: an earlier one is refused from then on."""
        record = self.pinned(environment, version)
        read = self._version if seal is None else self.read_pinned
        deployed = read(record, environment, version)
        if seal is not None:
            seal.record(record, deployed)
        one = InForce(
            pipeline=deployed.pipeline.name,
            environment=environment,
            version=version,
            record=parse_reference(record).digest,
            sequence=self._next(environment),
        )
        place, told = f"{self.repository}:_current.{environment}", write_in_force(one)
        seen = None if seal is None else seal.pointer
        digest = put_artifact(
            place, IN_FORCE, told, force=True, before=seen, patience=self.patience
        )
        if seal is not None:
            note_seen(self.repository, environment, one.sequence, digest)

    def _next(self, environment: str) -> int:
        """One more than what is in force, and than what was seen. What cannot be read is written over."""
        numbers = [seen_sequence(self.repository, environment)]
        pinned = self.pinned_in_force(environment)
        with suppress(DeploymentDamaged):
            if pinned is not None:
                numbers.append(self.read_in_force(pinned, environment).sequence)
        return max(numbers) + 1

    def _pinned(self, tag: str) -> str | None:
        parsed = parse_reference(f"{self.repository}:{tag}")
        digest = open_repository(parsed, write=False, patience=self.patience).digest_of(tag)
        return None if digest is None else parsed.pinned(digest)

    def _version(self, place: str, environment: str, version: int) -> Deployed:
        deployed = self._record(place, environment)
        if deployed.version != version:
            raise DeploymentDamaged(place, f"version {version} says it is {deployed.version}")
        return deployed

    def _record(self, place: str, environment: str) -> Deployed:
        try:
            deployed = read_record(get_artifact(place, patience=self.patience))
        except BadDocument as fault:
            raise DeploymentDamaged(place, str(fault), fault.hint) from None
        if deployed.engine or not all("@" in one.reference for one in deployed.images):
            raise DeploymentDamaged(place, "it names an engine, or images that no registry holds")
        if deployed.environment != environment:
            raise DeploymentDamaged(place, "it is the record of another environment")
        return deployed

    def _all(self) -> tuple[tuple[str, int], ...]:
        found = map(_VERSION.fullmatch, list_tags(self.repository, patience=self.patience))
        return tuple((one[1], int(one[2])) for one in found if one)


def _tag(environment: str, version: int) -> str:
    return f"_deploy.{environment}.{version}"


def _none(environment: str, version: int, place: str) -> NoDeployment:
    return NoDeployment(f"--env {environment} --version {version}", place, ())
