"""Images pushed into a repository that is named, not opened yet."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ops0.core.pipeline import StepName
from ops0_builder.registry.client import open_repository
from ops0_builder.registry.images import LocalImage, Pushed, Tags
from ops0_builder.registry.patience import Patience
from ops0_builder.registry.push import push_images
from ops0_builder.registry.reference import parse_repository


def push_to(
    repository: str,
    images: Sequence[LocalImage],
    *,
    tags: Sequence[str],
    own_tags: Mapping[StepName, tuple[str, ...]] | None = None,
    force: bool = False,
    patience: Patience | None = None,
    **told: Any,
) -> Mapping[StepName, Pushed]:
    """``told``: as ``push_images``."""
    registry = open_repository(parse_repository(repository), write=True, patience=patience)
    named = Tags(common=tuple(tags), own=own_tags or {}, force=force)
    return push_images(images, registry, tags=named, **told)
