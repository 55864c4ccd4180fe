"""See that built images stand on the bases that were planned.

BuildKit takes a base by its tag, as an engine looks for a digest in registries alone, and a tag may have moved since.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from ops0.core.errors import raise_together
from ops0.core.pipeline import StepName
from ops0.core.plan import BaseImage, ImagePlan
from ops0.host.engine_socket import EngineSocket
from ops0_builder.build_errors import BaseMoved
from ops0_builder.engine_images import image_id, layers_of


def see_bases(
    engine: EngineSocket, images: Iterable[ImagePlan], digests: Mapping[StepName, str]
) -> None:
    """See where each base's tag stands now, and that the first layers of each image are those of its base.

    Foreign images are not looked at: they are read file by file.

    digests: the engine's id of each image
    raises:  BaseMoved, together where it is several; EngineError
    """
    bases: dict[BaseImage, tuple[str, ...] | None] = {}
    moved: dict[str, BaseMoved] = {}
    for image in images:
        base = image.base
        if base.native:
            continue
        if base not in bases:
            stays = image_id(engine, base.reference) == base.digest
            bases[base] = layers_of(engine, base.digest) if stays else None
        wanted, found = bases[base], layers_of(engine, digests[image.step])
        if wanted is None or found is None or found[: len(wanted)] != wanted:
            moved[base.reference] = BaseMoved(base.reference)
    raise_together(list(moved.values()))
