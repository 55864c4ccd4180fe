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
from ops0_builder.engine.engine_images import Unpacked, unpacked


def see_bases(
    engine: EngineSocket, images: Iterable[ImagePlan], built: Mapping[StepName, Unpacked]
) -> None:
    """See where each base's tag stands now, and that the first layers of each image are those of its base.

    Foreign images are not looked at: they are read file by file.

    raises: BaseMoved, together where it is several; EngineError
    """
    bases: dict[BaseImage, Unpacked | None] = {}
    moved: dict[str, BaseMoved] = {}
    for image in images:
        base = image.base
        if base.native:
            continue
        if base not in bases:
            bases[base] = unpacked(engine, base.reference)
        now = bases[base]
        if now is None or now.digest != base.digest or not _stands_on(built[image.step], now):
            moved[base.reference] = BaseMoved(base.reference)
    raise_together(list(moved.values()))


def _stands_on(image: Unpacked, base: Unpacked) -> bool:
    """Whether the first layers of an image are those of a base. Pure."""
    return image.layers[: len(base.layers)] == base.layers
