"""A bundle's images into the engine, each under its tag and by the digest that the bundle names."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from ops0.core.pipeline import StepName
from ops0.host.engine_socket import EngineSocket
from ops0_builder.bundle.errors import NotLoaded
from ops0_builder.bundle.reading import OpenBundle
from ops0_builder.engine.engine_images import add_tag, load_archive, read_images
from ops0_builder.oci.values import Image


def load_images(
    engine: EngineSocket, bundle: OpenBundle, say: Callable[[str], None]
) -> tuple[Mapping[StepName, str], tuple[str, ...]]:
    """See that the engine has every image. Gives the engine's id of each step's image, and the tags loaded now.

    Engines with the older image store know an image by its config's digest, the others by its manifest's.
    raises: NotLoaded, BundleDamaged, EngineError and its kinds
    """
    missing = tuple(
        tag for tag, image in bundle.images.items() if _held(engine, tag, image) is None
    )
    if missing:
        count = f"{len(missing)} image{'' if len(missing) == 1 else 's'}"
        say(f"loading {count}, {bundle.size / 1e6:.1f} MB")
        load_archive(engine, bundle.image_archive())
    return {one.step: _loaded(engine, one.tag, bundle) for one in bundle.bundle.images}, missing


def _loaded(engine: EngineSocket, tag: str, bundle: OpenBundle) -> str:
    image = bundle.images[tag]
    held = _held(engine, tag, image)
    if held is None:
        _give_tag(engine, tag, image)
        held = _held(engine, tag, image)
    if held is None:
        found = read_images(engine).get(tag)
        raise NotLoaded(tag, image.root.digest, found.digest if found else None)
    return held


def _give_tag(engine: EngineSocket, tag: str, image: Image) -> None:
    for digest in _ids(image):
        if read_images(engine).get(digest) is not None:
            add_tag(engine, digest, tag)
            return


def _held(engine: EngineSocket, tag: str, image: Image) -> str | None:
    found = read_images(engine).get(tag)
    return found.digest if found is not None and found.digest in _ids(image) else None


def _ids(image: Image) -> tuple[str, ...]:
    return image.root.digest, *(one.config.digest for one in image.manifests)
