"""Images pushed into a repository that is named, not opened yet."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ops0.core.pipeline import StepName
from ops0_builder.registry.client import open_repository
from ops0_builder.registry.images import LocalImage, Pushed
from ops0_builder.registry.patience import Patience
from ops0_builder.registry.push import push_images
from ops0_builder.registry.reference import parse_repository


def push_to(
    repository: str, images: Sequence[LocalImage], *, patience: Patience | None = None, **told: Any
) -> Mapping[StepName, Pushed]:
    """``told``: as ``push_images``."""
    registry = open_repository(parse_repository(repository), write=True, patience=patience)
    return push_images(images, registry, **told)
