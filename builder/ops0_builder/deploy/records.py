"""Where deployments are recorded, as a Protocol, and what is done with any such place."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from typing import Protocol

from ops0.core.digest import sha256
from ops0.host.folders import file_lock, state_dir
from ops0_builder.deploy.errors import DeploymentOvertaken, DeploymentRace, NoDeployment
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
    raises: DeploymentRace; DeploymentOvertaken where another machine put a later version in force meanwhile
    """
    environment = deployed.environment
    with _alone(records, environment):
        held = records.current(environment)
        if held is not None and (now := records.read(environment, held)).same_as(deployed):
            return now, False
        one = _added(records, deployed)
        since = records.current(environment)
        if since is not None and since > one.version:
            raise DeploymentOvertaken(records.place, environment, one.version, since)
        records.set_current(environment, one.version, seal)
        return one, True


def _added(records: Records, deployed: Deployed) -> Deployed:
    number = max(records.versions(deployed.environment), default=0)
    for _ in range(_TRIES):
        number += 1
        one = replace(deployed, version=number)
        try:
            records.add(one)
        except Taken:
            continue
        return one
    raise DeploymentRace(records.place)


def _alone(records: Records, environment: str) -> AbstractContextManager[int]:
    """One change of an environment at a time on this machine: between number and pointer no other may come."""
    name = sha256(f"{records.place} {environment}".encode())[:32]
    return file_lock(state_dir() / "deployments-locks" / f"{name}.lock")


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
    environment = find(records, name, environment, to).environment
    with _alone(records, environment):
        if to is None:
            now = find(records, name, environment, None)
            known = records.versions(environment)
            earlier = [one for one in known if one < now.version]
            if not earlier:
                fact = f"version {now.version} is in force, and there is none before it"
                told = tuple(str(one) for one in known)
                later = f"ops0 rollback {name} --env {environment} --to {max(known)}"
                forward = max(known) > now.version
                hint = f"versions: {', '.join(told)}; to the newest: {later}" if forward else None
                raise NoDeployment(f"{name} --env {environment}", records.place, told, fact, hint)
            to = earlier[-1]
        wanted = find(records, name, environment, to)
        records.set_current(environment, wanted.version, seal)
        return wanted
