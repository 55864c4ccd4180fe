"""What a bundle says beside its images, as one value."""

from __future__ import annotations

from dataclasses import dataclass

from ops0.core.locked import Lock
from ops0.core.pipeline import Pipeline, StepName

FORMAT = 9


@dataclass(frozen=True, kw_only=True, slots=True)
class BundledImage:
    """One step's image. ``digest``: of its manifest, or index;  ``key``: the content key, 64 hex digits."""

    step: StepName
    tag: str
    digest: str
    key: str
    base: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Bundle:
    """A pipeline without source, with an image for each of its steps and the lock that they were built from."""

    ops0: str
    pipeline: Pipeline
    images: tuple[BundledImage, ...]
    lock: Lock
