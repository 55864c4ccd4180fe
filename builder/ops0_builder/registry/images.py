"""An image on both sides of a push: as the engine has it, and as the registry does."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from ops0.core.pipeline import StepName

OnImage = Callable[[StepName, str], object]
"""Told a step and the digest of its image as soon as a registry has it, on any thread."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Local:
    """One step's image in the engine.

    tag: its name there;  digest: the engine's id of it;  platform: as ``linux/arm64`` where the step has several
    layers: what it has in common with other images has the same name in both; empty where nobody knows
    manifest: its digest, where the engine knows the image by another one and it is known (see ``noted.py``)
    """

    step: StepName
    tag: str
    digest: str
    platform: str = ""
    layers: frozenset[str] = frozenset()
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
