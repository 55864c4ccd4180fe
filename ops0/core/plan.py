"""What the planning gives: images as ordered layers, with content keys. Pure and printable."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from ops0.core.locked import LockedDistribution, Target
from ops0.core.pipeline import Pipeline, StepName
from ops0.core.step_options import StepOptions

if TYPE_CHECKING:
    # Few plans have one: a build with nothing to do loads no store.
    from ops0.core.models.store import ModelVersion

LayerKind = Literal["base", "system", "package", "group", "runner", "model", "code"]
UNSTAGED: frozenset[LayerKind] = frozenset({"base", "model", "code"})
"""Layers that no build stage makes."""


@dataclass(frozen=True, kw_only=True, slots=True)
class BaseImage:
    """The image every layer stands on.

    reference: a local tag that the engine holds;  digest: sha256:… of that image, the engine's own id
    suite:     its distribution's release, ``debian bookworm``; "" where it does not say
    packages:  the Debian packages that it holds, sorted; () where it keeps no record
    native:    for another platform than the engine's: the tag of the base of the same Python that layers are made on
    """

    reference: str
    digest: str
    target: Target
    suite: str = ""
    packages: tuple[str, ...] = ()
    native: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Layer:
    """One layer. ``key`` is a hash of its inputs: equal keys are equal blobs. ``size`` in bytes as far as known."""

    kind: LayerKind
    key: str
    title: str
    distributions: tuple[LockedDistribution, ...] = ()
    system: tuple[str, ...] = ()
    size: int = 0


@dataclass(frozen=True, kw_only=True, slots=True)
class ImagePlan:
    """One step's image. ``key`` is the content key (64 hex digits); ``tag`` its name in the engine.

    imports: what the built image must import with no network before it counts as built
    native_code: whether its containers run what they unpack or compile themselves
    model:   what its layer ``model`` holds, None where it has none
    """

    step: StepName
    base: BaseImage
    layers: tuple[Layer, ...]
    imports: tuple[str, ...]
    module: str
    function: str
    options: StepOptions
    key: str
    tag: str
    native_code: bool = False
    model: ModelVersion | None = None

    @property
    def distributions(self) -> tuple[LockedDistribution, ...]:
        """What its layers install, by name."""
        found = (one for layer in self.layers for one in layer.distributions)
        return tuple(sorted(found, key=lambda one: one.name))


@dataclass(frozen=True, kw_only=True, slots=True)
class Plan:
    """A pipeline with an image for each of its steps, in the pipeline's order."""

    pipeline: Pipeline
    images: tuple[ImagePlan, ...]

    def image(self, step: StepName) -> ImagePlan:
        """The image of that step. Raises KeyError."""
        for image in self.images:
            if image.step == step:
                return image
        raise KeyError(step)
