"""An image on both sides of a push: as the engine has it, and as the registry does."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

from ops0.core.pipeline import StepName

if TYPE_CHECKING:
    from ops0_builder.registry.client import Manifest


class OnImage(Protocol):
    """Who wants to know of each image that the engine sends. Called from any thread."""

    def leaves(self, step: StepName, digest: str) -> None:
        """It will be sent. ``digest``: what it will have in the registry. Returns at once."""

    def is_there(self, step: StepName, image: Manifest) -> None:
        """The registry has it. What this raises ends the push."""


class _Nobody:
    """Wants to know nothing."""

    def leaves(self, step: StepName, digest: str) -> None:
        """Do nothing."""

    def is_there(self, step: StepName, image: Manifest) -> None:
        """Do nothing."""


NOBODY: OnImage = _Nobody()


@dataclass(frozen=True, kw_only=True, slots=True)
class LocalImage:
    """One step's image in the engine.

    tag: its name there;  digest: the engine's id of it;  platform: as ``linux/arm64`` where the step has several
    layers: about how many bytes each is; what it has in common with other images has the same name in both. Empty where
            nobody knows
    manifest: its digest, where the engine knows the image by another one and it is known (see ``noted.py``)
    """

    step: StepName
    tag: str
    digest: str
    platform: str = ""
    layers: Mapping[str, int] = field(default_factory=dict, hash=False)
    manifest: str = ""

    @property
    def wanted(self) -> str:
        """What it is looked for by in a registry."""
        return self.manifest or self.digest

    @property
    def joined(self) -> bool:
        """Whether its digest is not what the tags will hold, but one of an index is."""
        return bool(self.platform)


@dataclass(frozen=True, kw_only=True, slots=True)
class Tags:
    """What pushed images shall be called; in the registry each tag begins with its step, ``STEP-TAG``.

    common: of every step;  own: of one;  force: move those that hold something else
    """

    common: tuple[str, ...] = ()
    own: Mapping[StepName, tuple[str, ...]] = field(default_factory=dict)
    force: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Pushed:
    """One step's image in the registry, or the index of its images.

    reference: ``HOST/PATH@DIGEST``;  tags: those it has there now
    platforms: of an index, the digest of each platform's image
    """

    step: StepName
    reference: str
    digest: str
    tags: tuple[str, ...]
    platforms: Mapping[str, str] = field(default_factory=dict)

    @property
    def digests(self) -> tuple[str, ...]:
        """All that it stands for, the image or index itself first."""
        return (self.digest, *self.platforms.values())
