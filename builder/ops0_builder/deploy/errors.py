"""What can be wrong with a deployment.

::

    DeploymentError
    ├── NoDeployment          101   nothing of that name, environment or version is deployed there
    ├── DeploymentDamaged     102   a record that no ops0 wrote
    ├── DeployedImageGone     103   an image of a deployment is nowhere to be had
    └── DeploymentRace        104   others deploy to the same place all the time
"""

from __future__ import annotations

from collections.abc import Sequence

from ops0.core.errors import DeploymentError


class NoDeployment(DeploymentError):
    """Nothing of that name, environment or version is deployed there. ``known`` is what is."""

    exit_code = 101

    def __init__(self, wanted: str, place: str, known: Sequence[str]) -> None:
        there = f"there are {', '.join(known)}" if known else "deploy it: `ops0 deploy --env ENV`"
        super().__init__(f"{wanted}: not deployed {place}", there)
        self.wanted, self.place, self.known = wanted, place, tuple(known)


class DeploymentDamaged(DeploymentError):
    """A deployment's record that no ops0 wrote, or of another deployment. Nothing of it has been used."""

    exit_code = 102

    def __init__(self, place: str, fact: str) -> None:
        super().__init__(
            f"{place}: {fact}", "remove it, and deploy again: that makes a new version"
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
