"""What a deployment says, as one value."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from ops0.core.pipeline import JsonValue, Pipeline, StepName

FORMAT = 6


@dataclass(frozen=True, kw_only=True, slots=True)
class DeployedImage:
    """One step's image.

    reference: ``HOST/PATH@DIGEST``, or the tag that it has in this machine's engine
    digest:    of its manifest, or the engine's own id where no registry holds it
    key:       the content key, 64 hex digits; of an index for several platforms that of each, with commas, in the
               order of the platforms' names
    """

    step: StepName
    reference: str
    digest: str
    key: str

    @property
    def keys(self) -> tuple[str, ...]:
        """The content keys, one of which the image of any engine has."""
        return tuple(self.key.split(","))


@dataclass(frozen=True, kw_only=True, slots=True)
class Deployed:
    """One version of a pipeline in one environment: all that a run of it needs.

    version:  counts from 1 in its environment;  created: UTC, as ``2026-03-01T12:00:00Z``
    revision: the commit that it was made from, "" where that is not known or files differed from it
    params:   what a run is given unless it is invoked with something else
    engine:   of an environment without a registry, the engine with the images, as DOCKER_HOST has it; "": the usual one
    """

    environment: str
    version: int
    created: str
    ops0: str
    revision: str
    pipeline: Pipeline
    images: tuple[DeployedImage, ...]
    params: dict[str, JsonValue] = field(default_factory=dict)
    engine: str = ""

    def same_as(self, other: Deployed) -> bool:
        """Whether both would run the same thing: versions, times and who made them aside."""
        return self == replace(
            other,
            version=self.version,
            created=self.created,
            ops0=self.ops0,
            revision=self.revision,
        )
