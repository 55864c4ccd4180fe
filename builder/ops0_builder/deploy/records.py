"""Where deployments are recorded, as a Protocol, and what is done with any such place."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Protocol

from ops0_builder.deploy.errors import DeploymentRace, NoDeployment
from ops0_builder.deploy.values import Deployed

_TRIES = 20


class Taken(Exception):
    """A version is there already. Never told to the user."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Seal:
    """How what is put in force is signed before it is. Both are told ``HOST/PATH@DIGEST``, and raise what forbids it.

    record:  the version's record, with what it says;  pointer: the document that says which version is in force
    """

    record: Callable[[str, Deployed], None]
    pointer: Callable[[str], None]


class Records(Protocol):
    """The deployments of one pipeline."""

    @property
    def place(self) -> str:
        """Where they are, for people: ``on this machine``, ``in HOST/PATH``."""

    def environments(self) -> tuple[str, ...]:
        """Those that have something deployed, sorted."""

    def others(self) -> tuple[str, ...]:
        """Other pipelines that are deployed there, as far as that can be told: for whoever mistypes a name."""

    def versions(self, environment: str) -> tuple[int, ...]:
        """All versions of an environment, sorted; () where it has none."""

    def current(self, environment: str) -> int | None:
        """The version that is in force; None where nothing is deployed."""

    def read(self, environment: str, version: int) -> Deployed:
        """One version. Raises NoDeployment, DeploymentDamaged."""

    def add(self, deployed: Deployed) -> None:
        """Write one version, once. Raises Taken where that version is there."""

    def set_current(self, environment: str, version: int, seal: Seal | None = None) -> None:
        """Put a version in force. ``seal``: only where others can write too, in registries."""


def record(records: Records, deployed: Deployed, seal: Seal | None = None) -> tuple[Deployed, bool]:
    """Record a deployment as the next version and put it in force, unless the one in force is the same.

    seal:   signs what is put in force; what is in force already is left as it is
    gives:  what is in force now, and whether it is new
    raises: DeploymentRace
    """
    environment = deployed.environment
    held = records.current(environment)
    if held is not None and (now := records.read(environment, held)).same_as(deployed):
        return now, False
    number = max(records.versions(environment), default=0)
    for _ in range(_TRIES):
        number += 1
        one = replace(deployed, version=number)
        try:
            records.add(one)
        except Taken:
            continue
        records.set_current(environment, number, seal)
        return one, True
    raise DeploymentRace(records.place)


def find(records: Records, name: str, environment: str | None, version: int | None) -> Deployed:
    """One deployment: of the environment (the only one where none is named) the version, or the one in force.

    raises: NoDeployment, DeploymentDamaged
    """
    there = records.environments()
    if not there:
        raise NoDeployment(name, records.place, records.others())
    if environment is None:
        if len(there) != 1:
            raise NoDeployment(f"{name}, --env not given", records.place, there)
        environment = there[0]
    if environment not in there:
        raise NoDeployment(f"{name} --env {environment}", records.place, there)
    known = records.versions(environment)
    wanted = records.current(environment) if version is None else version
    if wanted not in known:
        told = tuple(str(one) for one in known)
        raise NoDeployment(f"{name} --env {environment} --version {wanted}", records.place, told)
    return records.read(environment, wanted)


def roll_back(
    records: Records, name: str, environment: str | None, to: int | None, seal: Seal | None = None
) -> Deployed:
    """Put an earlier version in force; the one before the current where none is named. Raises as ``find``."""
    if to is None:
        now = find(records, name, environment, None)
        environment = now.environment
        earlier = [one for one in records.versions(now.environment) if one < now.version]
        if not earlier:
            what = f"{name} --env {now.environment}, a version before {now.version}"
            raise NoDeployment(what, records.place, (str(now.version),))
        to = earlier[-1]
    wanted = find(records, name, environment, to)
    records.set_current(wanted.environment, wanted.version, seal)
    return wanted
