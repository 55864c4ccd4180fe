"""What can be wrong with a deployment.

::

    DeploymentError
    ├── NoDeployment          101   nothing of that name, environment or version is deployed there
    ├── DeploymentDamaged     102   a record that no ops0 wrote
    ├── DeployedImageGone     103   an image of a deployment is nowhere to be had
    ├── DeploymentRace        104   others deploy to the same place all the time
    ├── OlderInForce          105   what a registry shows as in force is older than what it showed before
    └── DeploymentOvertaken   106   somebody put a later version in force while this one was recorded
"""

from __future__ import annotations

from collections.abc import Sequence

from ops0.core.errors import DeploymentError
from ops0.core.near import did_you_mean


class NoDeployment(DeploymentError):
    """Nothing of that name, environment or version is deployed there. ``known`` is what is."""

    exit_code = 101

    def __init__(
        self,
        wanted: str,
        place: str,
        known: Sequence[str],
        fact: str | None = None,
        hint: str | None = None,
    ) -> None:
        what = "versions" if all(one.isdecimal() for one in known) else "deployed there"
        there = did_you_mean(wanted, known, f"{what}: {', '.join(known)}")
        if not known:
            there = "deploy it: `ops0 deploy --env ENV`; what lies in a registry is named HOST/PATH/PIPELINE"
        name, _, version = wanted.partition("@")
        if version.isdecimal() and name in known:
            there = f"a version goes by its option: {name} --version {version}"
        super().__init__(f"{wanted}: {fact or f'not deployed {place}'}", hint or there)
        self.wanted, self.place, self.known = wanted, place, tuple(known)


class DeploymentDamaged(DeploymentError):
    """A deployment's record that no ops0 wrote, or of another deployment. Nothing of it has been used."""

    exit_code = 102

    def __init__(self, place: str, fact: str, hint: str | None = None) -> None:
        super().__init__(
            f"{place}: {fact}", hint or "remove it, and deploy again: that makes a new version"
        )
        self.place, self.fact = place, fact


class DeployedImageGone(DeploymentError):
    """An image of a deployment is neither on this engine nor in a registry."""

    exit_code = 103

    def __init__(self, step: str, reference: str, fact: str, hint: str) -> None:
        super().__init__(f"step {step}: {reference}: {fact}", hint)
        self.step, self.reference, self.fact = step, reference, fact


class DeploymentRace(DeploymentError):
    """Every version number that was tried had just been taken."""

    exit_code = 104

    def __init__(self, place: str) -> None:
        super().__init__(
            f"{place}: each version tried was taken by somebody else in that moment",
            "deploy from one place at a time, then again",
        )
        self.place = place


class OlderInForce(DeploymentError):
    """What a registry shows as in force is signed, but older than what this machine has seen there."""

    exit_code = 105

    def __init__(self, wanted: str, sequence: int, seen: int, path: str) -> None:
        super().__init__(
            f"{wanted}: what is shown as in force is no. {sequence}, and this machine has seen no. {seen}",
            f"somebody may have put an old one back: ask whoever deploys there; if they began anew, remove {path}",
        )
        self.wanted, self.sequence, self.seen, self.path = wanted, sequence, seen, path


class DeploymentOvertaken(DeploymentError):
    """A version is recorded, and not put in force: another machine put a later one in force meanwhile."""

    exit_code = 106

    def __init__(self, place: str, environment: str, version: int, since: int) -> None:
        super().__init__(
            f"{place}: --env {environment}: version {version} is recorded, but version {since} came meanwhile"
            " and is in force",
            f"ask who deploys there; if it is to be yours: `ops0 rollback NAME --env {environment} --to {version}`",
        )
        self.place, self.environment, self.version, self.since = place, environment, version, since
